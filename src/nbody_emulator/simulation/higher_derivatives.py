"""The second and third rates of change of gravity, snap and crackle, which a run needs once: for its first steps.

Source: Nitadori & Makino (2008), New Astronomy 13, 498, eqs. 6-13, with softening.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import cast

import jax.numpy as jnp
from jaxtyping import Array, Float

from nbody_emulator.simulation.shapes import Count, Masses, Number, Pairs, Sums, Targets, Vectors
from nbody_emulator.simulation.tiles import gaps, inverse_distances, over_tiles
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

Motion = Float[Array, "12 stars"]
"""Positions, velocities, accelerations and jerks."""


def snap_and_crackle(masses: Masses, motion: Motion, softening: Number) -> tuple[Vectors, Vectors]:
    """Snaps [pc/Myr^4] and crackles [pc/Myr^5], (3, N) each, of the pull of all stars on all.

    Args:
        masses: (N,) [Msun].
        motion: (12, N) in pc and Myr.
        softening: Plummer softening length [pc].
    """
    weights = GRAVITATIONAL_CONSTANT * masses[:, None]

    def on_tile(targets: Targets, first: Count) -> Sums:
        apart = gaps(motion, targets)
        x, v, a, j = apart[:3], apart[3:6], apart[6:9], apart[9:]
        inverse = inverse_distances(x, first, softening)
        square, kernel = inverse**2, weights * inverse**3
        alpha = _dot(x, v) * square
        beta = (_dot(v, v) + _dot(x, a)) * square + alpha**2
        gamma = (3.0 * _dot(v, a) + _dot(x, j)) * square + alpha * (3.0 * beta - 4.0 * alpha**2)
        sums = []
        for x_k, v_k, a_k, j_k in zip(x, v, a, j, strict=True):
            jerk = v_k - 3.0 * alpha * x_k
            snap = a_k - 6.0 * alpha * jerk - 3.0 * beta * x_k
            crackle = j_k - 9.0 * (alpha * snap + beta * jerk) - 3.0 * gamma * x_k
            sums.append([jnp.sum(kernel * snap, axis=0), jnp.sum(kernel * crackle, axis=0)])
        return jnp.array(sums)

    snaps, crackles = jnp.moveaxis(over_tiles(on_tile, motion), 1, 0)
    return snaps, crackles


def _dot(one: list[Pairs], other: list[Pairs]) -> Pairs:
    return cast(Pairs, sum(left * right for left, right in zip(one, other, strict=True)))
