"""The tide on a circular orbit around a galaxy, in the frame that rotates with it (Hill's frame).

x points away from the galaxy's centre, y along the orbit, and the frame rotates about z at Omega:

    x'' = a_x + 2 Omega y' + k Omega^2 x,    y'' = a_y - 2 Omega x',    z'' = a_z - Omega^2 z,

where k = -2 dln(Omega)/dln(R) at the orbit's radius R. A cluster of mass M then ends at the Jacobi radius
(G M / (k Omega^2))^(1/3). Positions and velocities are rows, (3, N).
Sources: Binney & Tremaine (2008), section 8.3.1; Fukushige & Heggie (2000), for the equations;
Quinn, Perrine, Richardson & Barnes (2010), AJ 139, 803, for symplectic splitting in this frame.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp

from nbody_emulator.simulation.shapes import (
    Accelerations,
    Number,
    NumberLike,
    PerStar,
    Positions,
    Vectors,
    Velocities,
)


class Tide(NamedTuple):
    """The galaxy as the cluster feels it; the default is none: an isolated cluster.

    Attributes:
        angular_speed: Omega of the circular orbit [1/Myr].
        radial: k, the radial acceleration over Omega^2 x: 2 in a flat rotation curve, 3 around a point mass.
    """

    angular_speed: NumberLike = 0.0
    radial: NumberLike = 0.0


ISOLATED = Tide()


class FreeFlow(NamedTuple):
    """Exact motion under the Coriolis force alone for an interval: travel [Myr] and turn of the velocity."""

    along: Number
    across: Number
    straight: Number
    cosine: Number
    sine: Number


def accelerations(positions: Positions, tide: Tide) -> Accelerations:
    """Tidal plus centrifugal accelerations (3, N) [pc/Myr^2] at positions (3, N) [pc]."""
    x, _, z = positions
    return tide.angular_speed**2 * jnp.stack([tide.radial * x, jnp.zeros_like(x), -z])


def coriolis(vectors: Vectors, angular_speed: NumberLike) -> Vectors:
    """Coriolis accelerations (3, N) [pc/Myr^2] of velocities (3, N) [pc/Myr]; of any vector, its change."""
    x, y, _ = vectors
    return 2.0 * angular_speed * jnp.stack([y, -x, jnp.zeros_like(x)])


def potential(positions: Positions, tide: Tide) -> PerStar:
    """Potential (N,) [pc^2/Myr^2] of these accelerations."""
    x, _, z = positions
    return 0.5 * tide.angular_speed**2 * (z**2 - tide.radial * x**2)


def free_flow(interval: Number, angular_speed: NumberLike) -> FreeFlow:
    """The flow of x'' = 2 Omega y', y'' = -2 Omega x', z'' = 0 over `interval` [Myr]; exact, also for Omega = 0."""
    angle = 2.0 * angular_speed * interval
    return FreeFlow(
        along=interval * _sinc(angle),
        across=interval * jnp.sin(0.5 * angle) * _sinc(0.5 * angle),
        straight=interval,
        cosine=jnp.cos(angle),
        sine=jnp.sin(angle),
    )


def drift(positions: Positions, velocities: Velocities, flow: FreeFlow) -> tuple[Positions, Velocities]:
    """Move stars at positions (3, N) with velocities (3, N) in the rotating frame along `flow`."""
    x, y, z = positions
    u, v, w = velocities
    moved = jnp.stack(
        [
            x + (flow.along * u + flow.across * v),
            y + (flow.along * v - flow.across * u),
            z + flow.straight * w,
        ]
    )
    turned = jnp.stack([flow.cosine * u + flow.sine * v, flow.cosine * v - flow.sine * u, w])
    return moved, turned


def to_rotating_frame(positions: Positions, velocities: Velocities, angular_speed: NumberLike) -> Velocities:
    """Velocities (3, N) as seen in the rotating frame, from those in the inertial frame."""
    return velocities - _carried_along(positions, angular_speed)


def to_inertial_frame(positions: Positions, velocities: Velocities, angular_speed: NumberLike) -> Velocities:
    """Velocities (3, N) in the inertial frame, from those in the rotating frame."""
    return velocities + _carried_along(positions, angular_speed)


def _carried_along(positions: Positions, angular_speed: NumberLike) -> Velocities:
    """The velocity of the rotating frame itself at positions (3, N)."""
    x, y, _ = positions
    return angular_speed * jnp.stack([-y, x, jnp.zeros_like(x)])


def _sinc(angle: Number) -> Number:
    """sin(angle) / angle, 1 at 0."""
    safe = jnp.where(angle == 0.0, 1.0, angle)
    return jnp.where(angle == 0.0, 1.0, jnp.sin(safe) / safe)
