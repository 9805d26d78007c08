"""A finished experiment: its exported files as they lie in results/<experiment>, read when they are asked for."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.store.export import STAMP_PREFIX
from nbody_emulator.store.history import HISTORY, Remembered, read_history
from nbody_emulator.store.ledger import ledger_path, openings

if TYPE_CHECKING:
    import pandas as pd

GOAL_LEVEL = 0.90
"""Of the intervals and regions that the report speaks of first; where it is not asked for, the level next to it."""


@dataclass(frozen=True)
class Finished:
    """What is read of one experiment.

    Attributes:
        experiment: its configuration.
        folder: of its exported files.
        root: of the checkout, where the ledger of its test set and the tables of benchmarks are.
        models: the name of the set of models that these results are of, as the ledger has it.
    """

    experiment: Experiment
    folder: Path
    root: Path
    models: str

    @cached_property
    def metrics(self) -> Mapping[str, Any]:
        """metrics.json."""
        return _read_json(self.folder / "metrics.json")

    @property
    def recommended(self) -> str:
        """The family that cross-validation recommends."""
        return self.metrics["recommended"]["family"]

    @cached_property
    def level(self) -> float:
        """The level nearest to 0.90 of those that the experiment judges."""
        return min(self.experiment.calibration.levels, key=lambda level: abs(level - GOAL_LEVEL))

    @cached_property
    def comparison(self) -> list[dict[str, Any]]:
        """tables/comparison.csv, the simplest family first; numbers are numbers."""
        rows: list[Any] = self.table("comparison").to_dict("records")
        return rows

    def table(self, name: str) -> "pd.DataFrame":
        """One of the exported tables."""
        import pandas as pd  # takes long, and the command line is to answer at once

        return pd.read_csv(self.folder / "tables" / f"{name}.csv")

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of an exported file of text; none if it is not there."""
        return _read_rows(self.folder / name)

    def benchmark(self, name: str) -> list[dict[str, str]]:
        """The rows of a benchmark's table; none if it was never measured."""
        return _read_rows(self.root / "benchmarks" / "results" / f"{name}.csv")

    @cached_property
    def timings(self) -> Mapping[str, Any]:
        """timings.json."""
        return _read_json(self.folder / "timings.json")

    @cached_property
    def files(self) -> Mapping[str, Mapping[str, str]]:
        """Plain name -> identity and sha256, as the export's stamp has them."""
        return _stamp_in(self.folder)

    @cached_property
    def evaluation_files(self) -> Mapping[str, Mapping[str, str]]:
        """The same of what opening the test set for these models left; none if it was not."""
        return {} if self.evaluation is None else _stamp_in(self.folder / "evaluation")

    @cached_property
    def history(self) -> Mapping[str, Remembered]:
        """Title -> how a result was made."""
        return read_history(self.folder / HISTORY)

    @cached_property
    def openings(self) -> list[dict[str, Any]]:
        """Every opening of the test set, oldest first, and under `present` whether it judged these models."""
        found = openings(self.root / ledger_path(self.experiment.experiment))
        return [opening | {"present": opening["models"] == self.models} for opening in found]

    @cached_property
    def evaluation(self) -> Mapping[str, Any] | None:
        """evaluation.json of these models; None if their test set was never opened, or its scores are not here."""
        folder = self.folder / "evaluation"
        if not any(
            folder.glob(f"{STAMP_PREFIX}*.json")
        ):  # written last: without it nothing was exported whole
            return None
        opened = _stamp_in(folder)["evaluation.json"]["identity"]
        return _read_json(folder / "evaluation.json") if opened in self._of_these_models else None

    @cached_property
    def _of_these_models(self) -> set[str]:
        """Evaluations that judged these models, and those they were carried over from, whose models answer the same."""
        found: set[str] = set()
        for opening in reversed(self.openings):
            if opening["present"] or opening["evaluation"] in found:
                found |= {opening["evaluation"], opening.get("carried_from", opening["evaluation"])}
        return found


def _stamp_in(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """The stamp of an export; a folder has one."""
    return _read_json(next(folder.glob(f"{STAMP_PREFIX}*.json")))


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _read_rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
