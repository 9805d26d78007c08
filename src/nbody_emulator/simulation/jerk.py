"""Softened gravity and its rate of change, the jerk, on a few stars by all: direct summation in tiles.

With d = x_j - x_i, w = v_j - v_i and k = (d^2 + softening^2)^(-3/2), the pull on star i and its jerk are

    a = sum_j G m_j k d,    j = sum_j G m_j (k w - u d),    u = 3 (d . w) k / (d^2 + softening^2),

written as two matrix products, of the rows [m x, m, m v] with k and of [m x, m] with u (Makino & Aarseth 1992,
PASJ 44, 141, for the equations), tile by tile.

The products lose as many digits as |x| / |d| has. So x and v are counted from one of the stars, the
first: of the few that move most often the first two are most often a close pair, which then loses none wherever it is.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from nbody_emulator.simulation.shapes import (
    Accelerations,
    Count,
    Jerks,
    Masses,
    Number,
    PerStar,
    Positions,
    Velocities,
)
from nbody_emulator.simulation.tiles import TILE, gaps, inverse_distances
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

Coordinates = Float[Array, "7 stars"]
Coordinate = Float[Array, "7"]
"""Positions [pc], a row of ones, and velocities [pc/Myr]; of one star likewise."""


class AccelerationAndJerk(NamedTuple):
    """What gravity does to K stars.

    Attributes:
        accelerations: (3, K) [pc/Myr^2].
        jerks: (3, K) [pc/Myr^3].
    """

    accelerations: Accelerations
    jerks: Jerks


Tile = tuple[Count | int, Coordinates, AccelerationAndJerk]
"""The number of its first star, its coordinates, and what was found so far."""


class Sources(NamedTuple):
    """The stars that pull.

    Attributes:
        weights: G m (N,).
        coordinates: (7, N) what the weights multiply.
    """

    weights: PerStar
    coordinates: Coordinates


def sources(masses: Masses, positions: Positions, velocities: Velocities) -> Sources:
    """Stars of masses (N,) [Msun] at positions (3, N) [pc] with velocities (3, N) [pc/Myr]."""
    coordinates = jnp.concatenate([positions, jnp.ones_like(positions[:1]), velocities])
    return Sources(GRAVITATIONAL_CONSTANT * masses, coordinates)


def on_first(stars: int, pulling: Sources, softening: Number, origin: Count | int = 0) -> AccelerationAndJerk:
    """The pull on the first `stars` (at most a tile) of all, coordinates counted from star number `origin`."""
    return _on_tile(pulling.coordinates[:, :stars], 0, pulling.coordinates[:, origin], pulling, softening)


def on_tiles(count: Count | int, pulling: Sources, softening: Number) -> AccelerationAndJerk:
    """The pull on all stars of as many tiles as the first `count` stars fill; zero for the rest.

    The stars fill whole tiles.
    """
    stars = pulling.coordinates.shape[1]
    # Empty slots are far aside, where all digits would be lost; one that has mass is none.
    origin = pulling.coordinates[:, jnp.argmax(pulling.weights > 0.0)]

    def one_tile(carry: Tile) -> Tile:
        first, tile, pulls = carry
        here = _on_tile(tile, first, origin, pulling, softening)
        pulls = AccelerationAndJerk(
            *(lax.dynamic_update_slice_in_dim(*pair, first, -1) for pair in zip(pulls, here, strict=True))
        )
        # The next tile is cut out here: XLA would redo a slice inside the sum for each of its pairs.
        return first + TILE, lax.dynamic_slice_in_dim(pulling.coordinates, first + TILE, TILE, 1), pulls

    nothing = AccelerationAndJerk(jnp.zeros((3, stars)), jnp.zeros((3, stars)))
    begin: Tile = (0, pulling.coordinates[:, :TILE], nothing)
    return lax.while_loop(lambda carry: carry[0] < count, one_tile, begin)[2]


def among(
    masses: Masses, positions: Positions, velocities: Velocities, softening: Number
) -> AccelerationAndJerk:
    """The pull of a few stars on each other, pair by pair: products of matrices would take longer.

    Stars of masses (K,) [Msun] at positions (3, K) [pc] with velocities (3, K) [pc/Myr].
    """
    places, speeds = (rows[:, :, None] - rows[:, None, :] for rows in (positions, velocities))
    inverse = inverse_distances(list(places), 0, softening)
    weights = GRAVITATIONAL_CONSTANT * masses[:, None] * inverse**3
    change = 3.0 * jnp.sum(places * speeds, axis=0) * inverse**2
    return AccelerationAndJerk(
        jnp.sum(weights * places, axis=1), jnp.sum(weights * (speeds - change * places), axis=1)
    )


def _on_tile(
    targets: Coordinates,
    first: Count | int,
    origin: Coordinate,
    pulling: Sources,
    softening: Number,
) -> AccelerationAndJerk:
    """The pull on targets (7, K), the sources from number `first` on; coordinates are counted from `origin` (7,)."""
    apart = gaps(pulling.coordinates, targets)
    places, speeds = apart[:3], apart[4:]
    inverse = inverse_distances(places, first, softening)
    approach = sum(place * speed for place, speed in zip(places, speeds, strict=True))
    square = inverse * inverse
    kernel = inverse * square
    change = approach * square * kernel
    origin = jnp.where(jnp.arange(7) == 3, 0.0, origin)[:, None]
    rows = pulling.weights * (pulling.coordinates - origin)
    sums = jnp.matmul(rows, kernel, precision=lax.Precision.HIGHEST)
    changes = 3.0 * jnp.matmul(rows[:4], change, precision=lax.Precision.HIGHEST)
    positions, _, velocities = jnp.split(targets - origin, (3, 4))
    accelerations = sums[:3] - positions * sums[3]
    jerks = sums[4:] - velocities * sums[3] - (changes[:3] - positions * changes[3])
    return AccelerationAndJerk(accelerations, jerks)
