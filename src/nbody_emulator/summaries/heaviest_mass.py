"""Mass of the heaviest star: what mergers have made of it."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def heaviest_mass(snapshot: Snapshot) -> float:
    """The largest mass of a bound star [Msun], with all that it has swallowed."""
    return np.max(snapshot.bound_masses)


STATISTIC = Statistic(
    variable="heaviest_mass",
    units="Msun",
    long_name="mass of the heaviest bound star",
    minimum_bound_stars=1,
    measure=heaviest_mass,
)
