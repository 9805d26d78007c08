"""Lagrangian radii: the inner, middle and outer size of the bound cluster."""

import numpy as np

from nbody_emulator.summaries.mass_profile import radii_holding
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Axis, Statistic

FRACTIONS = (0.1, 0.5, 0.9)


def lagrangian_radii(snapshot: Snapshot) -> np.ndarray:
    """Radii (3,) about the bound centre of mass that hold 10, 50 and 90 % of the bound mass [pc]."""
    return radii_holding(snapshot, FRACTIONS)


STATISTIC = Statistic(
    variable="lagrangian_radius",
    units="pc",
    long_name="radius about the bound centre of mass that holds a fraction of the bound mass",
    minimum_bound_stars=2,
    measure=lagrangian_radii,
    axis=Axis("mass_fraction", FRACTIONS, "1", "fraction of the bound mass inside the radius"),
)
