"""Softened gravity of all pairs of stars, by direct summation.

Vectors are three rows of N numbers, (3, N): arrays whose innermost length is 3 are ten times slower. The sums
are one matrix product of the rows [m x, m y, m z, m] with symmetric k_ij = (r_ij^2 + softening^2)^(-3/2), by

    sum_j m_j k_ij (x_j - x_i) = (sum_j m_j x_j k_ij) - x_i (sum_j m_j k_ij).

`benchmarks/force_layouts.py` measures this against other ways of writing the same sum.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.units import GRAVITATIONAL_CONSTANT


class Gravity(NamedTuple):
    """Accelerations (3, N) [pc/Myr^2] and potential energy W [Msun pc^2 Myr^-2] of all stars."""

    accelerations: Array
    potential_energy: Array


def evaluate(masses: Array, positions: Array, softening: Array) -> Gravity:
    """The gravity of stars with masses (N,) [Msun] at positions (3, N) [pc], softening in pc.

    W = -(G/2) sum_ij m_i m_j / sqrt(r_ij^2 + softening^2) comes at no cost: of the two parts of each term,
    k_ij r_ij^2 and k_ij softening^2, the first add up to the virial sum_i m_i x_i a_i, the second to a row
    of the product.
    """
    kernel = _without_self(_inverse_cubes(_squared_distances(positions, softening)))
    weights = GRAVITATIONAL_CONSTANT * masses
    rows = jnp.concatenate([weights * positions, weights[None, :]])
    # Full precision: an accelerator's default may round the factors of a product to fewer bits.
    sums = jnp.matmul(rows, kernel, precision=lax.Precision.HIGHEST)
    accelerations = sums[:3] - positions * sums[3]
    virials = jnp.sum(positions * accelerations, axis=0)
    return Gravity(accelerations, jnp.sum(masses * (virials - 0.5 * softening**2 * sums[3])))


def potential_energy(masses: Array, positions: Array, softening: Array) -> Array:
    """W [Msun pc^2 Myr^-2] alone, to the last digits also where stars are close and far from the origin."""
    squared = jnp.where(jnp.eye(masses.size, dtype=bool), jnp.inf, _squared_distances(positions, softening))
    sums = jnp.sum(masses[:, None] * lax.rsqrt(squared), axis=0)
    return -0.5 * GRAVITATIONAL_CONSTANT * jnp.sum(masses * sums)


def _squared_distances(positions: Array, softening: Array) -> Array:
    """r_ij^2 + softening^2, (N, N)."""
    # The barrier makes XLA finish the positions first: it would redo their update for each of the N^2 pairs.
    x, y, z = lax.optimization_barrier(positions)
    return (
        (x[:, None] - x[None, :]) ** 2
        + (y[:, None] - y[None, :]) ** 2
        + (z[:, None] - z[None, :]) ** 2
        + softening**2
    )


def _inverse_cubes(squared: Array) -> Array:
    """squared^(-3/2) to the last bit or two of float64, from a float32 root y and the series of the rest.

    With e = 1 - squared y^2, of the size of float32's rounding, squared^(-3/2) = y^3 (1 - e)^(-3/2), and
    (1 - e)^(-3/2) = 1 + 3/2 e + 15/8 e^2 + O(e^3). Roots of float64 are the slow part of the whole sum: with
    float64's `rsqrt` a step takes half as long again on AVX-512, and three times as long on AVX2.
    """
    root = lax.rsqrt(squared.astype(jnp.float32)).astype(jnp.float64)
    square = root * root  # exact: float32 squared fits into float64
    rest = 1.0 - squared * square
    return square * (root + root * rest * (1.5 + 1.875 * rest))


def _without_self(kernel: Array) -> Array:
    """The kernel (N, N) with a zero diagonal: a star's pull on itself, left to cancel, would leave noise."""
    return jnp.where(jnp.eye(kernel.shape[0], dtype=bool), 0.0, kernel)
