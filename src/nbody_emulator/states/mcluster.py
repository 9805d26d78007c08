"""The table of stars that mcluster writes (its option -C 3) with astrophysical units (-u 1).

A line of names with units between blanks, `#Mass_[Msun] x_[pc] y_[pc] z_[pc] vx_[km/s] vy_[km/s] vz_[km/s]`, then a
star a row; with stellar evolution 14 more columns. With -u 0 the numbers are in N-body units, under the same line.

Source: Kuepper, Maschberger, Kroupa & Baumgardt (2011), MNRAS 417, 2300; the program's function `output3`.
"""

import re
from pathlib import Path

import numpy as np

from nbody_emulator.quantities.typed_numbers import factor
from nbody_emulator.settings.error import refuse
from nbody_emulator.states.format import AbstractFormat, Units, check_no_units
from nbody_emulator.states.rows import COMMENT, lines_of, numbers_of, write_rows
from nbody_emulator.states.state import LENGTH, MASS, VELOCITY, State

NAMES = {"Mass": MASS, **dict.fromkeys("xyz", LENGTH), **dict.fromkeys(("vx", "vy", "vz"), VELOCITY)}
"""Columns of a state, and the units of a state."""

WRITTEN = {MASS: "Msun", LENGTH: "pc", VELOCITY: "km/s"}
"""Unit of a state -> the program's."""

_NAME = re.compile(r"(.+)_\[(.+)\]")

LAST_DIGIT = 1e-6
"""Of the masses, which are written with six digits."""


class Mcluster(AbstractFormat):
    """Columns are found by name, in the units that their names say."""

    def read(self, path: Path, units: Units) -> State:
        check_no_units(path, units)
        lines = lines_of(path)
        is_named = bool(lines) and lines[0].startswith(COMMENT)
        header = lines[0].removeprefix(COMMENT).split() if is_named else []
        told = [(place, match) for place, match in enumerate(map(_NAME.fullmatch, header)) if match]
        found = {match[1]: (place, match[2]) for place, match in told}
        twice = [name for name in NAMES if sum(match[1] == name for _, match in told) > 1]
        if twice:
            refuse(f"{path}", f"the column {twice[0]} stands twice", "keep one")
        missing = [name for name in NAMES if name not in found]
        if missing:
            problem = f"its first line names no column {missing[0]}_[unit], as mcluster's does"
            refuse(
                f"{path}", problem, "name the format it has: csv, or nbody6 for bare numbers in N-body units"
            )
        numbers = numbers_of(path, lines, [found[name][0] for name in NAMES])
        _refuse_sum_of_one(
            path, numbers[:, 0], "write it with -u 1, or name the format nbody6 with its units"
        )
        scales = [
            factor(f"{path}, {name}", found[name][1], found[name][1], unit) for name, unit in NAMES.items()
        ]
        numbers = numbers * scales
        return State(numbers[:, 0], numbers[:, 1:4], numbers[:, 4:7])

    def write(self, path: Path, state: State, units: Units) -> None:
        check_no_units(path, units)
        scales = [factor(f"{path}", unit, unit, WRITTEN[unit]) for unit in NAMES.values()]
        _refuse_sum_of_one(path, state.masses, "write another format: csv or netcdf")
        header = "\t".join(f"{name}_[{WRITTEN[unit]}]" for name, unit in NAMES.items())
        write_rows(path, [f"{COMMENT}{header}"], np.column_stack(state) * scales)


def _refuse_sum_of_one(path: Path, masses: np.ndarray, remedy: str) -> None:
    """Nobody could tell such a table from one in N-body units."""
    if abs(np.sum(masses) - 1.0) < LAST_DIGIT * len(masses):
        problem = "its masses add up to 1, as mcluster's N-body units do under the same line of names"
        refuse(f"{path}", problem, remedy)
