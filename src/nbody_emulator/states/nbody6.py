"""What NBODY6 reads its stars from, and mcluster writes for it: `fort.10` or, of NBODY6++, `dat.10`.

Seven columns, m x y z vx vy vz, and no names. Masses are in units of some mass M, lengths of some R, and G = 1, so
that speeds are in sqrt(G M / R); in Heggie and Mathieu's units M is the cluster's mass and R its virial radius. What
both are stands in no file, so they must be given.

Source: Heggie & Mathieu (1986), in The Use of Supercomputers in Stellar Dynamics, 233; Aarseth (2003), Gravitational
N-Body Simulations, section 7.4.
"""

from pathlib import Path

import numpy as np

from nbody_emulator.quantities.typed_numbers import number
from nbody_emulator.settings.error import refuse
from nbody_emulator.states.format import AbstractFormat, Units
from nbody_emulator.states.rows import STATE_COLUMNS, lines_of, numbers_of, write_rows
from nbody_emulator.states.state import LENGTH, MASS, State
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

REMEDY = (
    "give mass_unit, what 1 is in Msun (of mcluster the cluster's mass), and length_unit, what 1 is in pc (its virial "
    "radius)"
)


class Nbody6(AbstractFormat):
    """Numbers in N-body units; lines that begin with # are let be, columns after the seventh too."""

    def read(self, path: Path, units: Units) -> State:
        scales = _scales(path, units)
        numbers = numbers_of(path, lines_of(path), range(STATE_COLUMNS)) * scales
        return State(numbers[:, 0], numbers[:, 1:4], numbers[:, 4:7])

    def write(self, path: Path, state: State, units: Units) -> None:
        write_rows(path, [], np.column_stack(state) / _scales(path, units))


def _scales(path: Path, units: Units) -> np.ndarray:
    """What 1 is (7,) of each column, in Msun, pc and pc/Myr."""
    if units.mass is None or units.length is None:
        refuse(f"{path}", "is in N-body units, and does not say what they are", REMEDY)
    if units.velocity is not None:
        problem = "velocity_unit is given, and speeds are in sqrt(G M / R) of the other two"
        refuse(f"{path}", problem, "leave velocity_unit out")
    mass = _positive(f"{path}, mass_unit", units.mass, MASS)
    length = _positive(f"{path}, length_unit", units.length, LENGTH)
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * mass / length)
    return np.array([mass, *[length] * 3, *[speed] * 3])


def _positive(key: str, typed: str, unit: str) -> float:
    value = number(key, typed, unit)
    if value <= 0.0:
        refuse(key, f"{typed} is not positive", f"write what 1 is in {unit}")
    return value
