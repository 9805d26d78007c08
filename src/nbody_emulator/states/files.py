"""The one door for files of stars: found by name or ending, read, converted and checked; and the way back."""

from pathlib import Path
from typing import Any

import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.settings.error import ConfigurationError, refuse, suggestion
from nbody_emulator.states.format import AbstractFormat, Units
from nbody_emulator.states.register import FORMATS
from nbody_emulator.states.state import State, check_state

ASKED = {
    "mass": "give mass_unit='Msun'",
    "length": "give length_unit='pc'",
    "velocity": "give velocity_unit='km/s'",
}

UNITS = {"mass_unit": "Msun", "length_unit": "pc", "velocity_unit": "km/s"}


def read_stars(
    path: str | Path,
    *,
    format: str | None = None,
    mass_unit: str | None = None,
    length_unit: str | None = None,
    velocity_unit: str | None = None,
) -> State:
    """The stars of a cluster in a file.

    Args:
        path: of a CSV table with the columns m, x, y, z, vx, vy, vz and units in brackets behind them (.csv), a table
            of mcluster (.txt), seven columns for NBODY6 (.10), or what `write_stars` wrote (.nc).
        format: csv, mcluster, nbody6 or netcdf; by default told by the ending of the name.
        mass_unit: of a file that does not say its own, as "Msun"; of nbody6, as "1000 Msun".
        length_unit: likewise, as "pc"; of nbody6 as "1.2 pc".
        velocity_unit: likewise, as "km/s"; nbody6 has none of its own, for G is 1 in its units.

    Returns:
        Masses (N,) [Msun], positions (N, 3) [pc] and velocities (N, 3) [pc/Myr], as they stand in the file.

    Raises:
        ConfigurationError: it is not there, of no format, or no cluster: fewer than two stars, a number that is not
            finite, a mass that is not positive, two stars at one place. One line with the remedy.
    """
    named = {"mass_unit": mass_unit, "length_unit": length_unit, "velocity_unit": velocity_unit}
    for name, unit in named.items():
        if not isinstance(unit, str | None):
            refuse(
                f"{path}",
                f"{name} is {unit!r}, and no text",
                f"give number and unit, as in {name}='1.5 {UNITS[name]}'",
            )
    return read_state(path, format_of(path, format), Units(mass_unit, length_unit, velocity_unit, ASKED))


def write_stars(
    path: str | Path,
    masses: Any,
    positions: Any,
    velocities: Any,
    *,
    format: str | None = None,
    mass_unit: str | None = None,
    length_unit: str | None = None,
) -> None:
    """Write the stars of a cluster, whole or not at all.

    CSV and NetCDF give back every bit; tables of other programs are in their units, and give back all but the last.

    Args:
        path: of the file; see `read_stars`.
        masses: (N,) [Msun].
        positions: (N, 3) [pc].
        velocities: (N, 3) [pc/Myr].
        format: by default told by the ending of the name.
        mass_unit: of nbody6, as "1000 Msun"; no other format takes one.
        length_unit: likewise, as "1.2 pc".

    Raises:
        TypeError: no plain numbers, something masked, or a unit of another dimension.
        ConfigurationError: of no format, or no cluster.
    """
    given = {"masses": (masses, "Msun"), "positions": (positions, "pc"), "velocities": (velocities, "pc/Myr")}
    state = State(*(real_numbers(name, values, unit) for name, (values, unit) in given.items()))
    shape = (*state.masses.shape, 3)
    if state.masses.ndim != 1 or state.positions.shape != shape or state.velocities.shape != shape:
        found = ", ".join(f"{name} {values.shape}" for name, values in state._asdict().items())
        refuse(
            f"{path}", f"stars have the shapes {found}", "give masses (N,), positions and velocities (N, 3)"
        )
    check_state(f"{path}", state)
    method: AbstractFormat = FORMATS.load(format_of(path, format))()
    method.write(Path(path), state, Units(mass_unit, length_unit))


def read_with_units(
    path: str | Path, format: str, mass_unit: str | None = None, length_unit: str | None = None
) -> State:
    """The state in one of several files, not all of which may need the units; errors as for `read_stars`."""
    needed = FORMATS.facts(format).needs_units
    return read_state(path, format, Units(mass_unit, length_unit) if needed else Units())


def read_state(path: str | Path, format: str, units: Units) -> State:
    """The state in a file of this format, checked; errors as for `read_stars`."""
    path = Path(path)
    if not path.is_file():
        refuse(f"{path}", "is not there", "name a file that is")
    method: AbstractFormat = FORMATS.load(format)()
    try:
        state = method.read(path, units)
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, ConfigurationError):
            raise
        problem = f"cannot be read as {format} ({' '.join(str(error).split())[:120]})"
        refuse(f"{path}", problem, f"mend it, or name another format: {', '.join(FORMATS.names)}")
    state = State(*(np.ascontiguousarray(values, dtype=float) for values in state))
    check_state(f"{path}", state)
    return state


def format_of(path: str | Path, named: str | None) -> str:
    """The format of a file: the one that is named, or that of its ending.

    Raises:
        ConfigurationError: there is none of that name or ending.
    """
    if named is not None:
        if named not in FORMATS.names:
            refuse(f"{path}", f"there is no format {named!r}", suggestion(named, FORMATS.names))
        return named
    suffix = Path(path).suffix.lower()
    found = [name for name in FORMATS.names if suffix in FORMATS.facts(name).suffixes]
    if not found:
        ends = f"ends in {suffix}" if suffix else "has no ending"
        refuse(f"{path}", f"{ends}, which tells no format", f"give format, one of {', '.join(FORMATS.names)}")
    return found[0]
