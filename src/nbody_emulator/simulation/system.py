"""What is integrated: the stars that never change, the state that does, and the field of both together."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp

from nbody_emulator.simulation import gravity, tide
from nbody_emulator.simulation.shapes import (
    Accelerations,
    Count,
    Masses,
    Matrix,
    Number,
    Positions,
    Present,
    Vectors,
    Velocities,
)
from nbody_emulator.simulation.tide import Tide


class System(NamedTuple):
    """What a run does not change, unless bodies merge.

    Attributes:
        masses: (N,) [Msun]; one without mass is a tracer, which is pulled and pulls nobody.
        softening: Plummer softening length [pc].
        tide: of the galaxy.
        present: (N,) which slots hold a star: the one mark of an empty slot, see `padding`.
    """

    masses: Masses
    softening: Number
    tide: Tide
    present: Present

    @property
    def stars(self) -> Count:
        """How many there are."""
        return jnp.sum(self.present)


class State(NamedTuple):
    """Positions (3, N) [pc] and velocities (3, N) [pc/Myr], both in the rotating frame."""

    positions: Positions
    velocities: Velocities


class Field(NamedTuple):
    """What depends on positions alone.

    Attributes:
        accelerations: (3, N) [pc/Myr^2] by gravity and tide, not Coriolis'.
        own_energy: W of gravity alone [Msun pc^2 Myr^-2].
    """

    accelerations: Accelerations
    own_energy: Number


def field(system: System, positions: Positions) -> Field:
    """The field of the stars and the galaxy when the stars are at positions (3, N)."""
    accelerations, own_energy = gravity.evaluate(system.masses, positions, system.softening)
    return Field(accelerations + tide.accelerations(positions, system.tide), own_energy)


class Outside(NamedTuple):
    """What acts on a star besides stars, the galaxy and the rotation of the frame, as two matrices (3, 3).

    As such it is linear in position and velocity, so that its change is the same function of their changes.
    """

    by_position: Matrix
    by_velocity: Matrix

    def accelerations(self, positions: Vectors, velocities: Vectors) -> Vectors:
        """Accelerations (3, N) [pc/Myr^2]; of the changes of both, theirs."""
        # Sums over an axis: rows picked and stacked again would be worked out anew by all that use them.
        products = self.by_position[:, :, None] * positions + self.by_velocity[:, :, None] * velocities
        return jnp.sum(products, axis=1)


def outside(system: System) -> Outside:
    """The matrices of the galaxy and the rotating frame: what they do to the three unit vectors."""
    units = jnp.eye(3)
    return Outside(tide.accelerations(units, system.tide), tide.coriolis(units, system.tide.angular_speed))
