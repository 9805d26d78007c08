"""The hardest binary's energy: how much of the cluster's energy one pair of stars has taken up."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic
from nbody_emulator.units import GRAVITATIONAL_CONSTANT


def hardest_binary_energy(snapshot: Snapshot) -> float:
    """The largest G m_1 m_2 / sqrt(r^2 + softening^2) - mu v^2 / 2 of any two bound stars [Msun pc2 Myr-2].

    mu is their reduced mass and v their relative velocity; on a Kepler orbit this is G m_1 m_2 / (2 a). NaN if
    no two stars are bound to each other.
    """
    masses = snapshot.bound_masses
    products = np.multiply.outer(masses, masses)
    reduced = products / np.add.outer(masses, masses)
    squares = sum(np.subtract.outer(axis, axis) ** 2 for axis in snapshot.bound_velocities.T)
    inverse = snapshot.inverse_distances[np.ix_(snapshot.bound, snapshot.bound)]
    hardest = np.max(GRAVITATIONAL_CONSTANT * products * inverse - 0.5 * reduced * squares)
    return hardest if hardest > 0.0 else np.nan


STATISTIC = Statistic(
    variable="hardest_binary_energy",
    units="Msun pc2 Myr-2",
    long_name="binding energy of the two bound stars that are bound most to each other, softened, others ignored",
    minimum_bound_stars=2,
    measure=hardest_binary_energy,
)
