"""Softened gravity of all pairs of stars, by direct summation.

Vectors are three rows of N numbers, (3, N): arrays whose innermost length is 3 are an order of magnitude slower.
The sums are one matrix product of the rows [m x, m y, m z, m] with the symmetric kernel
k_ij = (r_ij^2 + softening^2)^(-3/2), since sum_j m_j k_ij (x_j - x_i) = (sum_j m_j x_j k_ij) - x_i (sum_j m_j k_ij).
`benchmarks/force_layouts.py` measures this against other ways of writing the same sum.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.units import GRAVITATIONAL_CONSTANT


def accelerations(masses: Array, positions: Array, softening: Array) -> Array:
    """Accelerations (3, N) [pc/Myr^2] of stars with masses (N,) [Msun] at positions (3, N) [pc]."""
    inverse_distances = _inverse_distances(positions, softening)
    kernel = inverse_distances * inverse_distances * inverse_distances
    weights = GRAVITATIONAL_CONSTANT * masses
    rows = jnp.concatenate([weights * positions, weights[None, :]])
    # Full precision: an accelerator's default may round the factors of a product to fewer bits.
    sums = jnp.matmul(rows, kernel, precision=lax.Precision.HIGHEST)
    return sums[:3] - positions * sums[3]


def potential_energy(masses: Array, positions: Array, softening: Array) -> Array:
    """W = -(G/2) sum_ij m_i m_j / sqrt(r_ij^2 + softening^2) over i != j, in Msun pc^2 Myr^-2."""
    inverse_distances = _inverse_distances(positions, softening)
    potentials = jnp.matmul(inverse_distances, masses, precision=lax.Precision.HIGHEST)
    return -0.5 * GRAVITATIONAL_CONSTANT * jnp.sum(masses * potentials)


def _inverse_distances(positions: Array, softening: Array) -> Array:
    """1 / sqrt(r_ij^2 + softening^2), (N, N), zero on the diagonal.

    The diagonal is masked, not left to cancel: 1 / softening^3 of a star with itself would leave rounding noise.
    """
    x, y, z = positions
    squared = (
        (x[:, None] - x[None, :]) ** 2
        + (y[:, None] - y[None, :]) ** 2
        + (z[:, None] - z[None, :]) ** 2
        + softening**2
    )
    is_self = jnp.eye(x.size, dtype=bool)
    # The inner `where` keeps the diagonal finite for any softening, zero included.
    return jnp.where(is_self, 0.0, lax.rsqrt(jnp.where(is_self, 1.0, squared)))
