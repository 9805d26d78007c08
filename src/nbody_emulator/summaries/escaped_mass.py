"""Escaped mass: how much mass the cluster no longer holds."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def escaped_mass(snapshot: Snapshot) -> float:
    """Mass of all stars that are not bound [Msun]; exactly 0 while every star is."""
    return np.sum(snapshot.masses[~snapshot.bound])


STATISTIC = Statistic(
    variable="escaped_mass",
    units="Msun",
    long_name="mass of the stars that are not bound",
    minimum_bound_stars=0,
    measure=escaped_mass,
    can_be_zero=True,
)
