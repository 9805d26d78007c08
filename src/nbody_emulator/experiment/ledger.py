"""The ledger of the test set: one line for every time a set of models was shown it, kept in git."""

import json
from pathlib import Path
from typing import Any

from nbody_emulator.experiment.plan import Plan
from nbody_emulator.files import write_text
from nbody_emulator.identity.canonical import canonical_json, identity


def ledger_path(experiment: str) -> str:
    """The experiment's tracked ledger."""
    return f"results/published/{experiment}/test_set_ledger.jsonl"


def ledger_entry(plan: Plan) -> dict[str, Any]:
    """What is known of an opening before it happens: the models, the stream of the test set, the evaluation."""
    models = {family: fit.identity for family, fit in plan.full_fits.items()}
    return {
        "models": identity(models),
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
