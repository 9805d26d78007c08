"""A star cluster at the start: stars drawn, their centre put to rest, and a virial ratio met.

Nothing is checked here: `initial_conditions.draw` is the door for people, a configuration has been checked whole.
"""

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from scipy.spatial.distance import pdist

from nbody_emulator.settings.cluster import ClusterStars
from nbody_emulator.simulation import segregation
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

if TYPE_CHECKING:
    from nbody_emulator.simulation.mass_functions.mass_function import AbstractMassFunction
    from nbody_emulator.simulation.profiles.profile import AbstractProfile
    from nbody_emulator.simulation.shapes import Columns, MassColumn, PositionColumns, VelocityColumns


class InitialConditions(NamedTuple):
    """Masses (N,) [Msun], positions (N, 3) [pc] and velocities (N, 3) [pc/Myr], in the inertial frame."""

    masses: "MassColumn"
    positions: "PositionColumns"
    velocities: "VelocityColumns"


def draw(
    cluster: ClusterStars,
    *,
    scale_radius: float,
    virial_ratio: float,
    softening: float,
    generator: np.random.Generator,
) -> InitialConditions:
    """Draw one cluster.

    Args:
        cluster: the configuration's, with a number of stars.
        scale_radius: the profile's scale radius [pc]: Plummer's a, King's core radius, a uniform sphere's edge.
        virial_ratio: 2 K / |W| to be met exactly, W softened.
        softening: Plummer softening length [pc].
        generator: source of all draws, taken in a fixed order: masses, positions, velocities.
    """
    function: AbstractMassFunction = cluster.masses.method(MASS_FUNCTIONS)
    profile: AbstractProfile = cluster.method(PROFILES)
    masses = function.sample(cast(int, cluster.stars), generator)
    positions, velocities = segregation.place(masses, profile.sample, cluster.segregation or 0.0, generator)
    unit_speed = np.sqrt(GRAVITATIONAL_CONSTANT * np.sum(masses) / scale_radius)
    positions = scale_radius * centered(masses, positions)
    velocities = unit_speed * centered(masses, velocities)
    drawn_ratio = measure_virial_ratio(masses, positions, velocities, softening)
    return InitialConditions(masses, positions, velocities * np.sqrt(virial_ratio / drawn_ratio))


def centered(masses: "MassColumn", vectors: "Columns") -> "Columns":
    """Vectors (N, 3) less their mean weighted by masses (N,)."""
    return vectors - np.sum(masses[:, None] * vectors, axis=0) / np.sum(masses)


def measure_virial_ratio(
    masses: "MassColumn", positions: "PositionColumns", velocities: "VelocityColumns", softening: float
) -> float:
    """2 K / |W| of masses (N,) [Msun] at positions (N, 3) [pc] with velocities (N, 3) [pc/Myr]."""
    kinetic = 0.5 * np.sum(masses[:, None] * velocities**2)
    return 2.0 * kinetic / -potential_energy(masses, positions, softening)


def potential_energy(masses: "MassColumn", positions: "PositionColumns", softening: float) -> float:
    """W = -G sum over pairs of m_i m_j / sqrt(r_ij^2 + softening^2) [Msun pc^2 Myr^-2]."""
    first, second = np.triu_indices(len(masses), k=1)
    separations = np.sqrt(pdist(positions, "sqeuclidean") + softening**2)
    return -GRAVITATIONAL_CONSTANT * np.sum(masses[first] * masses[second] / separations)
