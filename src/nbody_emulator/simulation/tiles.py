"""Pairs of stars in tiles: all stars that pull by a few that are pulled, so that what is worked out stays in the cache.

Stars that are pulled lie innermost. Every tile has the same shape, so that a star's bits do not depend on how
many others are asked for.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.simulation.reciprocal_root import reciprocal_root
from nbody_emulator.simulation.shapes import Count, Number, Pairs, Rows, Sums, Targets

TILE = 64
"""Stars in a tile."""

FAR = 1e30
"""Where the slots of an unfilled tile are [pc]: far from every star, and finite when cubed twice."""


def over_tiles(on_tile: Callable[[Targets, Count], Sums], stars: Rows) -> Sums:
    """The rows (D, N) of all stars, tile after tile, through `on_tile(targets (D, K), first) -> (..., K)`: (..., N).

    `first` is the number of the tile's first star. Fewer stars than a tile are one tile of that many.
    """
    count = stars.shape[1]
    tile = min(TILE, count)
    slots = jnp.pad(stars, [(0, 0), (0, -count % tile)], constant_values=FAR)

    def one_tile(targets: Targets, first: Count) -> tuple[Targets, Sums]:
        # The next tile is cut out here: XLA would redo a slice inside the sum for each of its pairs.
        return lax.dynamic_slice_in_dim(slots, first + tile, tile, 1), on_tile(targets, first)

    firsts = jnp.arange(0, slots.shape[1], tile, dtype=jnp.int32)
    _, parts = lax.scan(one_tile, slots[:, :tile], firsts)
    joined = jnp.moveaxis(parts, 0, -2)
    return joined.reshape(*joined.shape[:-2], -1)[..., :count]


def gaps(sources: Rows, targets: Targets) -> list[Pairs]:
    """For each row of sources (D, N) and targets (D, K) their differences (N, K)."""
    return [row[:, None] - target[None, :] for row, target in zip(sources, targets, strict=True)]


def inverse_distances(places: list[Pairs], first: Count | int, softening: Number) -> Pairs:
    """(r^2 + softening^2)^(-1/2) from the three rows of `gaps` to the tile that begins at number `first`.

    A star is infinitely far from itself: its pull on itself, left to cancel, would leave noise.
    """
    x, y, z = places
    squared = x**2 + y**2 + z**2 + softening**2
    itself = _numbers(squared, 0) == _numbers(squared, 1) + first
    return reciprocal_root(jnp.where(itself, jnp.inf, squared))


def _numbers(pairs: Pairs, axis: int) -> Array:
    return lax.broadcasted_iota(jnp.int32, pairs.shape, axis)
