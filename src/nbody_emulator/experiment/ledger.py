"""The ledger of the test set: one line for every time a set of models was shown it, kept in git."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbody_emulator.experiment.plan import Plan
from nbody_emulator.files import write_text
from nbody_emulator.identity.canonical import canonical_json, identity


def ledger_path(experiment: str) -> str:
    """The experiment's tracked ledger."""
    return f"results/published/{experiment}/test_set_ledger.jsonl"


def models_identity(plan: Plan) -> str:
    """The name of the set of models that an opening judges: every family fitted on all training blocks."""
    return identity({family: fit.identity for family, fit in plan.fits.items()})


def ledger_entry(plan: Plan) -> dict[str, Any]:
    """What is known of an opening before it happens: the models, the stream of the test set, the evaluation."""
    return {
        "models": models_identity(plan),
        "stream": plan.evaluation.settings["stream"],
        "evaluation": plan.evaluation.identity,
    }


def record_opening(ledger: str | Path, entry: dict[str, Any], evaluation: str | Path) -> None:
    """Add the opening and its headline score to the ledger, unless it stands there already."""
    ledger = Path(ledger)
    metrics = json.loads(Path(evaluation).read_text())
    family = metrics["recommended"]["family"]
    headline = {"family": family} | {
        key: metrics["primary"][family][key] for key in ("value", "standard_error")
    }
    line = canonical_json(entry | {"headline": headline})
    lines = ledger.read_text().splitlines() if ledger.exists() else []
    if line not in lines:
        write_text(ledger, "\n".join([*lines, line]) + "\n")


def openings(ledger: str | Path) -> list[dict[str, Any]]:
    """Every recorded opening, oldest first."""
    ledger = Path(ledger)
    return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


@dataclass(frozen=True)
class Openings:
    """The ledger for a caption that quotes it, read when the caption asks.

    Attributes:
        ledger: its path.
        models: identity of the models that the caption is about.
    """

    ledger: str
    models: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every opening, oldest first, and under `present` whether it judged these models."""
        return [opening | {"present": opening["models"] == self.models} for opening in openings(self.ledger)]
