"""Core radius: the density-weighted mean distance of the bound stars from their density centre.

Five definitions of a core radius are in use. This is that of Casertano & Hut (1985), ApJ 298, 80; for a
Plummer sphere of scale a it is 32/(15 pi) a = 0.679 a.
"""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic

NEIGHBOURS = 6
"""The neighbour whose distance bounds the sphere of each local density, the paper's choice."""


def core_radius(snapshot: Snapshot) -> float:
    """sum rho |x - x_d| / sum rho over the bound stars, x_d = sum rho x / sum rho [pc]."""
    positions = snapshot.bound_positions
    weights = _local_densities(snapshot)
    weights = weights / np.sum(weights)
    center = np.sum(weights[:, None] * positions, axis=0)
    return np.sum(weights * np.sqrt(np.sum((positions - center) ** 2, axis=1)))


def _local_densities(snapshot: Snapshot) -> np.ndarray:
    """Mass densities (B,) around the bound stars, up to a common factor.

    The sphere reaches to the sixth neighbour and holds the mass of the five inside it: counting the star
    itself or the neighbour on the surface would bias the density.
    """
    squared = snapshot.squared_distances[np.ix_(snapshot.bound, snapshot.bound)]
    nearest = np.argpartition(squared, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
    reach = np.sqrt(np.take_along_axis(squared, nearest[:, -1:], axis=1)[:, 0])
    return np.sum(snapshot.bound_masses[nearest[:, :-1]], axis=1) / reach**3


STATISTIC = Statistic(
    variable="core_radius",
    units="pc",
    long_name="core radius of the bound stars: density-weighted mean distance from the density centre "
    "(Casertano & Hut 1985, mass density within the sixth neighbour)",
    minimum_bound_stars=NEIGHBOURS + 1,
    is_size=True,
    measure=core_radius,
)
