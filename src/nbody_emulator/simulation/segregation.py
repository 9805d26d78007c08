"""Primordial mass segregation: heavy stars on the most bound orbits, the profile of the mass left as it is.

Full segregation is that of Baumgardt, De Marchi & Kroupa (2008), ApJ 685, 247, section 2: many orbits are drawn
from the profile and ordered by energy; with the stars ordered from the heaviest to the lightest, a star of mass m
that has the mass M_before before it takes an orbit at random whose rank in energy, from 0 for the most bound to 1,
lies between M_before / M and (M_before + m) / M. Since these intervals tile the ranks in proportion to mass, the
mass is distributed over orbits, hence in space, as the profile has it.

A degree S between 0 and 1 segregates each star with that probability, and gives the others an orbit of any rank:
the distribution of the mass is the same for every S.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from nbody_emulator.simulation.shapes import MassColumn, PositionColumns, VelocityColumns

ORBITS_A_STAR = 64
"""Orbits drawn for each star, so that even a light star chooses among several."""

Sample = Callable[[int, np.random.Generator], tuple["PositionColumns", "VelocityColumns"]]


def place(
    masses: "MassColumn", sample: Sample, segregation: float, generator: np.random.Generator
) -> tuple["PositionColumns", "VelocityColumns"]:
    """Positions and velocities (N, 3) for stars of masses (N,) [Msun], in the units of the profile's `sample`.

    Args:
        sample: (count, generator) -> positions and velocities (count, 3) of a spherical profile.
        segregation: S; at 0 every star simply draws its own orbit.
    """
    stars = len(masses)
    if segregation == 0.0:
        return sample(stars, generator)
    positions, velocities = _most_bound_first(*sample(ORBITS_A_STAR * stars, generator))
    ranks = _ranks(masses, segregation, generator)
    chosen = np.minimum((ranks * len(positions)).astype(int), len(positions) - 1)
    # Two stars on one orbit must not be at one place on it.
    turns = Rotation.random(stars, rng=generator)
    return turns.apply(positions[chosen]), turns.apply(velocities[chosen])


def _ranks(masses: "MassColumn", segregation: float, generator: np.random.Generator) -> np.ndarray:
    """Ranks in energy (N,), in [0, 1)."""
    order = np.argsort(-masses, kind="stable")
    after = np.cumsum(masses[order]) / np.sum(masses)
    fractions = generator.random(len(masses))
    segregated = np.empty_like(masses)
    segregated[order] = after - fractions * masses[order] / np.sum(masses)
    anywhere = generator.random(len(masses))
    return np.where(generator.random(len(masses)) < segregation, segregated, anywhere)


def _most_bound_first(
    positions: "PositionColumns", velocities: "VelocityColumns"
) -> tuple["PositionColumns", "VelocityColumns"]:
    """The orbits in order of energy in their own field, as of a sphere of unit mass with G of one."""
    radii = np.linalg.norm(positions, axis=1)
    energies = 0.5 * np.sum(velocities**2, axis=1) + _potential(radii)
    order = np.argsort(energies, kind="stable")
    return positions[order], velocities[order]


def _potential(radii: np.ndarray) -> np.ndarray:
    """Potential (P,) at each of these radii, of a unit mass spread evenly over them in thin shells."""
    order = np.argsort(radii, kind="stable")
    ascending = radii[order]
    inside = np.arange(len(radii)) / ascending
    outside = np.cumsum(1.0 / ascending[::-1])[::-1]
    potential = np.empty_like(radii)
    potential[order] = -(inside + outside) / len(radii)
    return potential
