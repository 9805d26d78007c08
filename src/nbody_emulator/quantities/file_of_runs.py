"""Runs of another simulator in a file: one row a run, checked at the door, divided into blocks of design points.

Imported whenever the configuration of such an experiment is read, so pandas and xarray wait until a file is opened.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nbody_emulator.quantities.quantity import Output, Parameter, free_parameters
from nbody_emulator.quantities.row_checks import check_outputs, check_parameters, check_points
from nbody_emulator.quantities.table_files import Columns, read_columns
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter, OwnParameters
from nbody_emulator.settings.simulator import TableColumns

END = 1.0
"""The one time of runs of which nothing else is known."""

DIGITS = 16
"""Hexadecimal digits of a hash by which a design point falls into a block."""


@dataclass(frozen=True, eq=False)
class FileOfRuns:
    """n checked runs, in the order of the file.

    Attributes:
        parameters: the d parameters, sorted by name.
        outputs: the q outputs, sorted by name.
        inputs: (n, d) in the parameters' units.
        values: (n, q) in the outputs' units; NaN where one does not exist.
        points: (n,) label of each run's design point.
        block: (n,) number of each run's block.
        blocks: how many there are.
    """

    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    inputs: np.ndarray
    values: np.ndarray
    points: np.ndarray
    block: np.ndarray
    blocks: int

    @cached_property
    def points_in_blocks(self) -> tuple[int, ...]:
        """Design points of each block."""
        return tuple(len(set(self.points[self.block == block])) for block in range(self.blocks))

    @cached_property
    def runs_in_blocks(self) -> tuple[int, ...]:
        """Runs of each block."""
        return tuple(np.bincount(self.block, minlength=self.blocks).tolist())

    @cached_property
    def most_replicates(self) -> int:
        """Runs of the point that has most."""
        return int(np.unique(self.points, return_counts=True)[1].max())

    def rows_of(self, block: int) -> "FileOfRuns":
        """The runs of one block."""
        rows = self.block == block
        return replace(
            self,
            inputs=self.inputs[rows],
            values=self.values[rows],
            points=self.points[rows],
            block=self.block[rows],
        )

    @cached_property
    def digest(self) -> str:
        """Of all that a result can depend on: points, parameters and outputs, run by run."""
        hashed = hashlib.sha256("\n".join(self.points.tolist()).encode())
        for array in (self.inputs, self.values):
            hashed.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return hashed.hexdigest()


def read_runs(
    path: str | Path,
    columns: TableColumns,
    parameters: Mapping[str, OwnParameter],
    outputs: Mapping[str, OwnOutput],
    blocks: int,
    key: str,
) -> FileOfRuns:
    """The runs in the file at `path`.

    Args:
        columns: which name a run's design point and block, if any.
        parameters, outputs: what to read, by name.
        blocks: to divide the design points into.
        key: of the set in the configuration, for complaints.

    Raises:
        ConfigurationError: one line that names the set, the column, the row of the file and the remedy.
    """
    table = read_columns(path, f"{key}.file")
    own = OwnParameters(parameters)
    varied = free_parameters(own.boxes, own.units)
    wanted = outputs_of(outputs)
    inputs = np.stack(
        [table.numbers(own.given[each.name].column or each.name, each.unit) for each in varied], axis=1
    )
    values = np.stack(
        [table.numbers(outputs[each.name].column or each.name, each.unit) for each in wanted], axis=1
    )
    check_parameters(table, varied, inputs)
    check_outputs(table, wanted, values)
    points = table.labels(columns.point) if columns.point else points_by_parameters(inputs)
    check_points(table, inputs, values, points, named=columns.point is not None)
    block = (
        _numbered(table, columns.block, points, blocks) if columns.block else blocks_by_hash(points, blocks)
    )
    runs = FileOfRuns(varied, wanted, inputs, values, points, block, blocks)
    empty = [number for number, count in enumerate(runs.points_in_blocks) if not count]
    if empty:
        problem = f"block {empty[0]} of {blocks} holds none of the {len(set(points))} design points"
        refuse(f"{key}.blocks", problem, "write fewer blocks, or add runs")
    return runs


def outputs_of(outputs: Mapping[str, OwnOutput]) -> tuple[Output, ...]:
    """What a configuration predicts, sorted by name."""
    return tuple(
        Output(name, name, END, each.unit, each.transform, each.resolution)
        for name, each in sorted(outputs.items())
    )


def points_by_parameters(inputs: np.ndarray) -> np.ndarray:
    """Labels (n,) of design points, made of the parameters (n, d)."""
    rows = np.ascontiguousarray(inputs + 0.0, dtype="<f8")  # -0.0 is 0.0
    return np.array([hashlib.sha256(row.tobytes()).hexdigest()[:DIGITS] for row in rows])


def blocks_by_hash(points: np.ndarray, blocks: int) -> np.ndarray:
    """Numbers (n,) by the labels (n,) alone: what other runs there are decides nothing."""
    numbers = {
        point: int(hashlib.sha256(point.encode()).hexdigest()[:DIGITS], 16) % blocks
        for point in dict.fromkeys(points.tolist())
    }
    return np.array([numbers[point] for point in points.tolist()])


def _numbered(table: Columns, column: str, points: np.ndarray, blocks: int) -> np.ndarray:
    if blocks == 1:
        return np.zeros(len(points), dtype=int)
    numbers: Any = table.numbers(column, "1")
    wrong = ~np.isin(numbers, np.arange(blocks))
    if wrong.any():
        value = shown(float(numbers[wrong][0]))
        problem = f"column {column!r}, row {table.row(wrong)}: {value} is no number of one of {blocks} blocks"
        refuse(table.key, problem, f"number them from 0 to {blocks - 1}")
    of_point: dict[str, int] = {}
    for row, (point, number) in enumerate(zip(points.tolist(), numbers.astype(int).tolist(), strict=True)):
        if of_point.setdefault(point, number) != number:
            problem = f"row {table.place(row)}: the design point {point!r} is in block {of_point[point]} too"
            refuse(table.key, problem, "give all runs of a point one block")
    return numbers.astype(int)
