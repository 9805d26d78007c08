"""Velocity dispersion: how fast the bound stars move about their own mean."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def velocity_dispersion(snapshot: Snapshot) -> float:
    """sqrt(sum m |v - v_bound|^2 / sum m) over the bound stars, all three axes together [pc Myr-1]."""
    return np.sqrt(2.0 * snapshot.bound_kinetic_energy / np.sum(snapshot.bound_masses))


STATISTIC = Statistic(
    variable="velocity_dispersion",
    units="pc Myr-1",
    long_name="mass-weighted three-dimensional velocity dispersion of the bound stars",
    minimum_bound_stars=2,
    measure=velocity_dispersion,
)
