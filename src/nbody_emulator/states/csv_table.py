"""A table of stars as CSV: the columns m, x, y, z, vx, vy, vz, each with its unit in brackets behind its name.

Numbers are written in as many digits as tell them apart (17 at most), so that a table gives back every bit.
"""

from pathlib import Path

import numpy as np

from nbody_emulator.quantities.columns_with_units import headings_with_units, read_columns, write_columns
from nbody_emulator.settings.error import refuse
from nbody_emulator.states.format import AbstractFormat, Units, check_no_units
from nbody_emulator.states.state import LENGTH, MASS, VELOCITY, State

COLUMNS = {
    "mass": (("m",), MASS),
    "length": (("x", "y", "z"), LENGTH),
    "velocity": (("vx", "vy", "vz"), VELOCITY),
}
"""Kind of unit -> the columns it is of, and the unit of a state."""

EXAMPLES = {"mass": "Msun", "length": "pc", "velocity": "km/s"}


class CsvTable(AbstractFormat):
    """One star a row."""

    def read(self, path: Path, units: Units) -> State:
        told = headings_with_units(path)
        wanted, given = {}, {}
        for kind, (names, unit) in COLUMNS.items():
            typed = units.given.get(kind)
            for name in names:
                if typed is None and name in told and not told[name]:
                    ways = [units.asked.get(kind), f"write {name} [{EXAMPLES[kind]}] over it"]
                    refuse(
                        f"{path}", f"the column {name} has no unit", ", or ".join(way for way in ways if way)
                    )
                wanted[name], given[name] = unit, typed or unit
        columns = read_columns(path, wanted, given)
        positions, velocities = (
            np.stack([columns[name] for name in COLUMNS[kind][0]], -1) for kind in ("length", "velocity")
        )
        return State(columns["m"], positions, velocities)

    def write(self, path: Path, state: State, units: Units) -> None:
        check_no_units(path, units)
        numbers = np.column_stack(state)
        names = [f"{name} [{unit}]" for names, unit in COLUMNS.values() for name in names]
        write_columns(path, dict(zip(names, numbers.T, strict=True)))
