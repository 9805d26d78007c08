"""Measured numbers, for captions that quote them: the run's own, and those of benchmarks."""

import csv
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from nbody_emulator.running.timings import start_up_share


class Measured:
    """metrics.json, read when a caption first asks for a number (by then the run is over)."""

    def __init__(self, path: str):
        self.path = path

    def __getitem__(self, key: str) -> Any:
        return self._metrics[key]

    @cached_property
    def _metrics(self) -> dict[str, Any]:
        return json.loads(Path(self.path).read_text())


class Timings:
    """timings.json, read when a caption asks for it."""

    def __init__(self, path: str):
        self.path = path

    @cached_property
    def stages(self) -> dict[str, dict[str, float]]:
        return json.loads(Path(self.path).read_text())

    @property
    def start_up_share(self) -> float:
        return start_up_share(self.stages)


AGAINST_REBOUND = (
    "stars",
    "softening [a]",
    "max|dE/E|",
    "ours [s]",
    "REBOUND [s]",
    "REBOUND by",
    "REBOUND over ours",
    "seeds of both",
    "of which at least",
)
"""The columns of that benchmark that a caption has room for."""


class MeasuredTable:
    """A table of seconds, its rows read when a caption asks for them; none if it was never measured.

    `columns` are those to be shown, all by default.
    """

    def __init__(self, path: str, columns: tuple[str, ...] = ()):
        self.path = path
        self.columns = columns

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        path = Path(self.path)
        if not path.exists():
            return []
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        return [{column: row[column] for column in self.columns or row} for row in rows]
