"""Bound fraction: how much of the cluster's mass is still held together."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def bound_fraction(snapshot: Snapshot) -> float:
    """Bound mass over total mass; 0 when nothing is bound."""
    return np.sum(snapshot.bound_masses) / np.sum(snapshot.masses)


STATISTIC = Statistic(
    variable="bound_fraction",
    units="1",
    long_name="bound mass over total mass",
    minimum_bound_stars=0,
    measure=bound_fraction,
    is_fraction=True,
    can_be_zero=True,
)
