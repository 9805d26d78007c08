"""In which numbers a network is told of a star: those that no rotation changes, or its coordinates.

A star comes as `features.stars` gives it: share of the mass, position, velocity and potential, without
scales.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

STAR = 8
"""Numbers of a star as it comes."""

EMPTY = 1e-12
"""Shares of the mass below which a slot holds no star."""

_SMALLEST = 1e-6
"""Of radii, speeds and shares, below which logarithms stay where they are."""


class Frame(NamedTuple):
    """One way to tell of stars.

    Attributes:
        size: numbers of a star.
        told: of stars (N, 8), the number of them that there are, these (N, size).
        is_rotated: whether networks are shown every cluster turned anew in every epoch.
    """

    size: int
    told: Callable[[jax.Array, jax.Array], jax.Array]
    is_rotated: bool = False


def present(stars: jax.Array) -> jax.Array:
    """(N,) ones for stars, zeros for empty slots."""
    return (stars[:, 0] > EMPTY).astype(stars.dtype)


def invariants(stars: jax.Array, count: jax.Array) -> jax.Array:
    """(N, 6) mass over the mean, radius and speed (logarithms), the cosine between both, energy and potential."""
    radius, speed = _length(stars[:, 1:4]), _length(stars[:, 4:7])
    along = jnp.sum(stars[:, 1:4] * stars[:, 4:7], axis=1) / (radius * speed)
    return jnp.stack([_mass(stars, count), jnp.log(radius), jnp.log(speed), along, *_energies(stars)], axis=1)


def coordinates(stars: jax.Array, count: jax.Array) -> jax.Array:
    """(N, 9) mass over the mean (logarithm), position, velocity, energy and potential."""
    return jnp.concatenate(
        [_mass(stars, count)[:, None], stars[:, 1:7], jnp.stack(_energies(stars), axis=1)], axis=1
    )


def rotated(stars: jax.Array, turn: jax.Array) -> jax.Array:
    """The stars (..., 8) turned, or reflected, by an orthogonal matrix (3, 3)."""
    positions, velocities = stars[..., 1:4] @ turn, stars[..., 4:7] @ turn
    return jnp.concatenate([stars[..., :1], positions, velocities, stars[..., 7:]], axis=-1)


def random_turns(key: jax.Array, count: int) -> jax.Array:
    """(count, 3, 3) orthogonal matrices, every rotation and reflection as likely as another.

    Source: Mezzadri 2007 (Notices of the AMS 54, 592): the QR factors of normal matrices, signs made unique.
    """
    q, r = jnp.linalg.qr(jax.random.normal(key, (count, 3, 3)))
    return q * jnp.sign(jnp.diagonal(r, axis1=1, axis2=2))[:, None, :]


FRAMES = {
    "invariant": Frame(6, invariants),
    "rotated": Frame(9, coordinates, is_rotated=True),
    "fixed": Frame(9, coordinates),
}
"""By the name that the configuration has for it."""


def _mass(stars: jax.Array, count: jax.Array) -> jax.Array:
    return jnp.log(jnp.maximum(stars[:, 0] * count, _SMALLEST))


def _energies(stars: jax.Array) -> list[jax.Array]:
    """Energy and potential per mass, in squared velocity dispersions; empty slots have none."""
    return [0.5 * jnp.sum(stars[:, 4:7] ** 2, axis=1) + stars[:, 7], stars[:, 7]]


def _length(vectors: jax.Array) -> jax.Array:
    """(N,) at least the smallest: of a zero vector the slope would be no number."""
    return jnp.sqrt(jnp.maximum(jnp.sum(vectors**2, axis=1), _SMALLEST**2))
