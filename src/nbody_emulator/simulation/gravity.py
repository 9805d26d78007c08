"""Softened gravity of all pairs of stars, by direct summation.

Vectors are three rows of N numbers, (3, N): arrays whose innermost length is 3 are ten times slower. The sums
are one matrix product of the rows [m x, m y, m z, m] with symmetric k_ij = (r_ij^2 + softening^2)^(-3/2), by

    sum_j m_j k_ij (x_j - x_i) = (sum_j m_j x_j k_ij) - x_i (sum_j m_j k_ij),

for one tile of stars after another. `benchmarks/force_layouts.py` measures this against other ways of writing the
same sum. The difference loses as many digits as |x| / |x_j - x_i| has, so x is counted from the centre of mass.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax

from nbody_emulator.simulation.shapes import (
    Accelerations,
    Count,
    Masses,
    Number,
    Pairs,
    PerStar,
    Positions,
    Sums,
    Targets,
)
from nbody_emulator.simulation.tiles import gaps, inverse_distances, over_tiles
from nbody_emulator.units import GRAVITATIONAL_CONSTANT


class Gravity(NamedTuple):
    """Accelerations (3, N) [pc/Myr^2] and potential energy W [Msun pc^2 Myr^-2] of all stars."""

    accelerations: Accelerations
    potential_energy: Number


def evaluate(masses: Masses, positions: Positions, softening: Number) -> Gravity:
    """The gravity of stars with masses (N,) [Msun] at positions (3, N) [pc], softening in pc.

    W comes from the same distances, at the cost of one more row: the virial would give it for nothing, and lose
    as many digits as |x| / |x_j - x_i| has.
    """
    weights = GRAVITATIONAL_CONSTANT * masses
    positions = positions - (positions @ masses / jnp.sum(masses))[:, None]
    rows = jnp.concatenate([weights * positions, weights[None, :]])

    def on_tile(targets: Targets, first: Count) -> Sums:
        inverse = inverse_distances(gaps(positions, targets), first, softening)
        # Full precision: an accelerator's default may round the factors of a product to fewer bits.
        pulls = jnp.matmul(rows, inverse**3, precision=lax.Precision.HIGHEST)
        return jnp.concatenate([pulls, _potential(weights, inverse)[None, :]])

    sums = over_tiles(on_tile, positions)
    return Gravity(sums[:3] - positions * sums[3], -0.5 * jnp.sum(masses * sums[4]))


def potential_energy(masses: Masses, positions: Positions, softening: Number) -> Number:
    """W [Msun pc^2 Myr^-2] alone, to the last digits also where stars are close and far from the origin."""

    def on_tile(targets: Targets, first: Count) -> Sums:
        return _potential(masses, inverse_distances(gaps(positions, targets), first, softening))

    return -0.5 * GRAVITATIONAL_CONSTANT * jnp.sum(masses * over_tiles(on_tile, positions))


def _potential(weights: PerStar, inverse: Pairs) -> Sums:
    """Sums (K,) of weights (N,) over distances (N, K)."""
    return jnp.matmul(weights, inverse, precision=lax.Precision.HIGHEST)
