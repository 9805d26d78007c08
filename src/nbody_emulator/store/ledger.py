"""The ledger of the test set: one line for every time a set of models was shown it, kept in git."""

import json
import re
from pathlib import Path
from typing import Any

from nbody_emulator.identity.canonical import canonical_json, identity
from nbody_emulator.plan.plan import Plan
from nbody_emulator.storage.files import write_text

RELEASE = "release"
"""Name of the stream that no work is done with."""

VERSION = r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
"""One spelling for each version, so that none is a new one by its spelling."""


def ledger_path(experiment: str) -> str:
    """The experiment's tracked ledger."""
    return f"results/published/{experiment}/test_set_ledger.jsonl"


def models_identity(plan: Plan) -> str:
    """The name of the set of models that an opening judges: every family fitted on all training blocks."""
    return identity({family: fit.identity for family, fit in plan.fits.items()})


class LedgerError(Exception):
    """The ledger holds something that is no opening; the message is one line with the remedy."""


class ReleaseError(LedgerError):
    """The release stream is not to be opened; the message is one line with the remedy."""


def ledger_entry(plan: Plan, version: str = "") -> dict[str, Any]:
    """What is known of an opening before it happens: the models, the stream of the test set, the evaluation, and of the
    release stream the version that it is opened for."""
    stream = plan.evaluation.settings["stream"]
    entry = {"models": models_identity(plan), "stream": stream, "evaluation": plan.evaluation.identity}
    return entry | ({"version": version} if stream == RELEASE else {})


def require_a_new_version(ledger: str | Path, entry: dict[str, Any]) -> None:
    """Refuse to open the release stream without a version, or twice for one.

    Raises:
        ReleaseError: so it would be.
    """
    if entry["stream"] != RELEASE:
        return
    version = entry["version"]
    if not re.fullmatch(VERSION, version):
        told = f", not {version!r}" if version else ""
        raise ReleaseError(
            f"the release stream is opened for a version of three numbers alone{told}; write "
            "`make release VERSION=1.0.0`"
        )
    before = [line for line in openings(ledger) if line.get("version") == version]
    if any(line["evaluation"] != entry["evaluation"] for line in before):
        raise ReleaseError(
            f"version {version} was released already ({ledger}); its stream is not opened twice: `make publish` shows "
            "new results on the development stream, and `make release VERSION=...` takes the next version"
        )


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
    """Every recorded opening, oldest first.

    Raises:
        LedgerError: a line is none.
    """
    ledger = Path(ledger)
    # Letters that are none stay wrong, and their line is refused.
    lines = ledger.read_text(encoding="utf-8", errors="replace").splitlines() if ledger.exists() else []
    return [_opening(ledger, number, line) for number, line in enumerate(lines, start=1)]


def _opening(ledger: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or "evaluation" not in found:
        raise LedgerError(
            f"{ledger}, line {number}: not an opening of the test set ({line[:40]!r}); keep every line of "
            "both sides of a merge, and nothing else"
        )
    return found
