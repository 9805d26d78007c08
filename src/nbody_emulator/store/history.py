"""What an experiment was made of last: the specification of every result, by what a person calls it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbody_emulator.plan.plan import Plan
from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.storage.files import write_text
from nbody_emulator.storage.receipt import read_receipt

HISTORY = "history.json"


@dataclass(frozen=True)
class Remembered:
    """A result as it was made last."""

    identity: str
    specification: Mapping[str, Any]


def history_path(experiment: str) -> str:
    """Where the experiment keeps its last specifications."""
    return f"results/{experiment}/{HISTORY}"


class History:
    """The results an experiment consists of now, to be remembered once they are there."""

    def __init__(self, plan: Plan):
        self.path = history_path(plan.experiment)
        # Titles are unique in an experiment.
        self.folders = {artifact.title: str(artifact.folder) for artifact in plan.artifacts}

    def record(self) -> None:
        """Remember every result that is there; one that is not (of a sealed test set) as it was made last."""
        known = {title: vars(entry) for title, entry in self._before().items() if title in self.folders}
        for title, folder in self.folders.items():
            receipt = read_receipt(Path(folder))
            if receipt:
                known[title] = {"identity": Path(folder).name, "specification": receipt["specification"]}
        write_text(self.path, json.dumps(known, indent=1, sort_keys=True) + "\n")

    def _before(self) -> dict[str, "Remembered"]:
        try:
            return read_history(self.path)
        except ConfigurationError:
            return {}  # it is written anew from the receipts


def read_history(path: str | Path) -> dict[str, Remembered]:
    """Title -> the result as it was made last; empty before the first run.

    Raises:
        ConfigurationError: the file is damaged; the message names it and the remedy.
    """
    path = Path(path)
    if not path.exists():
        return {}
    try:
        history = {title: Remembered(**entry) for title, entry in json.loads(path.read_text()).items()}
        whole = all(_is_specification(entry.specification) for entry in history.values())
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise ConfigurationError(
            f"{path}: damaged; delete it, the next run that exports results writes it anew"
        )
    return history


def _is_specification(specification: Any) -> bool:
    sections = ("settings", "code", "versions", "inputs")
    return isinstance(specification, dict) and all(
        isinstance(specification.get(key), dict) for key in sections
    )
