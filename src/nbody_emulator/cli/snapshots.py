"""One state of a cluster as a CSV file, and what is measured on it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.quantities.typed_numbers import number
from nbody_emulator.states.csv_table import CsvTable
from nbody_emulator.states.format import Units
from nbody_emulator.summaries.snapshot import Snapshot

if TYPE_CHECKING:
    from nbody_emulator.summaries.statistic import Statistic

ASKED = {
    "mass": "add --mass-unit Msun",
    "length": "add --length-unit pc",
    "velocity": "add --velocity-unit km/s",
}


def snapshot_in(path: Path, units: Mapping[str, str | None], softening: str | None) -> Snapshot:
    """The cluster in a CSV file.

    Args:
        units: of masses, lengths and velocities by option, None where it is not given.
        softening: as typed; None for none.

    Raises:
        ConfigurationError: a column is missing or no numbers, or its unit is not told.
        ValueError: a mass is not above zero.
    """
    mass, length, velocity = units.values()
    state = CsvTable().read(path, Units(mass, length, velocity, ASKED))
    softened = 0.0 if softening is None else number("--softening", softening, "pc")
    return Snapshot(*state, softened)


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
