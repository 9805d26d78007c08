"""The hardest binary's energy: how much of the cluster's energy one pair of stars has taken up."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic
from nbody_emulator.units import GRAVITATIONAL_CONSTANT


def hardest_binary_energy(snapshot: Snapshot) -> float:
    """The largest binding energy of any two bound stars [Msun pc2 Myr-2]; NaN if no two are bound to each other."""
    inverse = snapshot.inverse_distances[np.ix_(snapshot.bound, snapshot.bound)]
    hardest = np.max(pair_energies(snapshot.bound_masses, snapshot.bound_velocities, inverse))
    return hardest if hardest > 0.0 else np.nan


def pair_energies(masses: np.ndarray, velocities: np.ndarray, inverse_distances: np.ndarray) -> np.ndarray:
    """G m_1 m_2 / sqrt(r^2 + softening^2) - mu v^2 / 2 of every two of these stars (N, N) [Msun pc2 Myr-2].

    mu is their reduced mass and v their relative velocity; on a Kepler orbit this is G m_1 m_2 / (2 a). Zero on the
    diagonal.

    Args:
        masses: (N,) [Msun].
        velocities: (N, 3) [pc Myr-1].
        inverse_distances: (N, N) [pc-1], softened, zero on the diagonal.
    """
    products = np.multiply.outer(masses, masses)
    reduced = products / np.add.outer(masses, masses)
    squares = sum(np.subtract.outer(axis, axis) ** 2 for axis in velocities.T)
    return GRAVITATIONAL_CONSTANT * products * inverse_distances - 0.5 * reduced * squares


STATISTIC = Statistic(
    variable="hardest_binary_energy",
    units="Msun pc2 Myr-2",
    long_name="binding energy of the two bound stars that are bound most to each other, softened, others ignored",
    minimum_bound_stars=2,
    measure=hardest_binary_energy,
)
