"""One state of a cluster as a CSV file, and what is measured on it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.cli.tables import headings_with_units, read_columns
from nbody_emulator.cli.values import number
from nbody_emulator.settings.error import refuse
from nbody_emulator.summaries.snapshot import Snapshot

if TYPE_CHECKING:
    from nbody_emulator.summaries.statistic import Statistic

COLUMNS = {
    "--mass-unit": (("m",), "Msun"),
    "--length-unit": (("x", "y", "z"), "pc"),
    "--velocity-unit": (("vx", "vy", "vz"), "pc Myr-1"),
}
"""Option that gives the unit -> the columns it is of, and the unit in which statistics are measured."""

EXAMPLES = {"--mass-unit": "Msun", "--length-unit": "pc", "--velocity-unit": "km/s"}


def snapshot_in(path: Path, units: Mapping[str, str | None], softening: str | None) -> Snapshot:
    """The cluster in a CSV file.

    Args:
        units: of masses, lengths and velocities by option, None where it is not given.
        softening: as typed; None for none.

    Raises:
        ConfigurationError: a column is missing or no numbers, or its unit is not told.
        ValueError: a mass is not above zero.
    """
    told = headings_with_units(path)
    wanted, given = {}, {}
    for option, (names, unit) in COLUMNS.items():
        for name in names:
            typed = units[option]
            if typed is None and name in told and not told[name]:
                remedy = f"add {option} {EXAMPLES[option]}, or write {name} [{EXAMPLES[option]}] over it"
                refuse(f"{path}", f"the column {name} has no unit", remedy)
            wanted[name], given[name] = unit, typed or unit
    columns = read_columns(path, wanted, given)
    length = 0.0 if softening is None else number("--softening", softening, "pc")
    positions, velocities = (
        np.stack([columns[name] for name in COLUMNS[option][0]], -1) for option in VECTORS
    )
    return Snapshot(columns["m"], positions, velocities, length)


VECTORS = ("--length-unit", "--velocity-unit")


def table_of(snapshot: Snapshot, names: Sequence[str]) -> Iterator[tuple[str, str, list[float]]]:
    """Name, unit and the one value of each statistic; of what has an axis a row for each of its places."""
    from nbody_emulator.summaries.block import BOUND_STARS
    from nbody_emulator.summaries.register import STATISTICS

    statistics: list[Statistic] = [BOUND_STARS, *map(STATISTICS.load, names)]
    for statistic in statistics:
        values = np.atleast_1d(statistic(snapshot))
        axis = statistic.axis
        places = [""] if axis is None else [f" ({axis.name} {place:g})" for place in axis.values]
        for place, value in zip(places, values, strict=True):
            yield f"{statistic.variable}{place}", statistic.units, [float(value)]
