"""The energies that a run conserves, and how far it is from having done so.

A galaxy's tide is linear here, so that the motion of the centre of mass and that about it know nothing of each
other: each conserves an energy of its own, and their sum is the Jacobi energy. They are audited apart, each beside
its own scale. Together, stars given far from the origin or on their way would hide what goes wrong among them behind
the energy of their common motion; and its rounding would look like an error of theirs. Without a tide the centre of
mass goes straight on, which tells nothing: then the energy about it is all that counts, and a run's error is the
same in every frame, up to rounding. With a tide its orbit is part of what was asked for, and is audited too.

Tracers, stars without mass, have no energy: nothing here tells how well they were followed.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp

from nbody_emulator.simulation import tide
from nbody_emulator.simulation.shapes import Masses, Number, Positions, Vector, Vectors, Velocities
from nbody_emulator.simulation.tide import Tide


class Energy(NamedTuple):
    """Jacobi energy in two parts [Msun pc^2 Myr^-2].

    Attributes:
        inner: of the motion about the centre of mass.
        bulk: of all mass at the centre of mass, in the galaxy's tide.
    """

    inner: Number
    bulk: Number

    @property
    def total(self) -> Number:
        """The Jacobi energy."""
        return self.inner + self.bulk

    def less(self, other: "Energy") -> "Energy":
        """Part by part."""
        return Energy(self.inner - other.inner, self.bulk - other.bulk)


def energy(masses: Masses, positions: Positions, velocities: Velocities, own: Number, galaxy: Tide) -> Energy:
    """The energy of stars in any order.

    Args:
        masses: (N,) [Msun].
        positions: (3, N) [pc].
        velocities: (3, N) [pc/Myr], in the rotating frame.
        own: W, the stars' potential energy in each other's gravity.
        galaxy: the tide.
    """
    places, centre = _about_centre(masses, positions)
    speeds, drift = _about_centre(masses, velocities)
    inner = jnp.sum(masses * (0.5 * jnp.sum(speeds**2, axis=0) + tide.potential(places, galaxy)))
    bulk = 0.5 * jnp.sum(drift**2) + tide.potential(centre[:, None], galaxy)[0]
    return Energy(own + inner, jnp.sum(masses) * bulk)


def scale(masses: Masses, positions: Positions, velocities: Velocities, own: Number, galaxy: Tide) -> Energy:
    """What errors are told beside, arguments as of `energy`: never zero where two stars have mass.

    For the inner energy K + |W|, K about the centre of mass in the inertial frame. For the bulk that and what the
    centre of mass has of either kind, without a sign; infinite without a tide, where its energy is not asked for.
    """
    inertial = tide.to_inertial_frame(positions, velocities, galaxy.angular_speed)
    speeds, drift = _about_centre(masses, inertial)
    _, centre = _about_centre(masses, positions)
    inner = 0.5 * jnp.sum(masses * jnp.sum(speeds**2, axis=0)) - own
    bulk = 0.5 * jnp.sum(drift**2) + jnp.abs(tide.potential(centre[:, None], galaxy)[0])
    has_tide = galaxy.angular_speed != 0.0
    return Energy(inner, jnp.where(has_tide, inner + jnp.sum(masses) * bulk, jnp.inf))


def error(now: Energy, start: Energy, beside: Energy) -> Number:
    """The larger of the two relative changes; one body with tracers has no inner energy, and no error of it."""
    changes = [jnp.abs(one - other) for one, other in zip(now, start, strict=True)]
    parts = [
        jnp.where(change == 0.0, 0.0, change / size) for change, size in zip(changes, beside, strict=True)
    ]
    return jnp.maximum(*parts)


def _about_centre(masses: Masses, vectors: Vectors) -> tuple[Vectors, Vector]:
    """Vectors (3, N) less their mean weighted by mass, and that mean (3,)."""
    # Counted from the heaviest star: where it alone has mass, the mean is its own vector to the last bit.
    heaviest = vectors[:, jnp.argmax(masses)]
    apart = vectors - heaviest[:, None]
    mean = jnp.sum(masses * apart, axis=1) / jnp.sum(masses)
    return apart - mean[:, None], heaviest + mean
