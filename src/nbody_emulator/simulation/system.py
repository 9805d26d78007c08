"""What is integrated: the stars that never change, the state that does, and the energies of both together."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from nbody_emulator.simulation import gravity, tide
from nbody_emulator.simulation.tide import Tide


class System(NamedTuple):
    """Masses (N,) [Msun], Plummer softening length [pc] and the galaxy's tide."""

    masses: Array
    softening: Array
    tide: Tide


class State(NamedTuple):
    """Positions (3, N) [pc] and velocities (3, N) [pc/Myr], both in the rotating frame."""

    positions: Array
    velocities: Array


class Field(NamedTuple):
    """What depends on positions alone: accelerations (3, N) [pc/Myr^2] and energies [Msun pc^2 Myr^-2].

    Attributes:
        accelerations: by gravity and tide, not Coriolis'.
        potential_energy: of gravity and tide.
        own_energy: of gravity alone, W.
    """

    accelerations: Array
    potential_energy: Array
    own_energy: Array


def field(system: System, positions: Array) -> Field:
    """The field of the stars and the galaxy when the stars are at positions (3, N)."""
    accelerations, own_energy = gravity.evaluate(system.masses, positions, system.softening)
    tidal_energy = jnp.sum(system.masses * tide.potential(positions, system.tide))
    accelerations = accelerations + tide.accelerations(positions, system.tide)
    return Field(accelerations, own_energy + tidal_energy, own_energy)


class Outside(NamedTuple):
    """What acts on a star besides stars, the galaxy and the rotation of the frame, as two matrices (3, 3).

    As such it is linear in position and velocity, so that its change is the same function of their changes.
    """

    by_position: Array
    by_velocity: Array

    def accelerations(self, positions: Array, velocities: Array) -> Array:
        """Accelerations (3, N) [pc/Myr^2]."""
        # Sums over an axis: rows picked and stacked again would be worked out anew by all that use them.
        products = self.by_position[:, :, None] * positions + self.by_velocity[:, :, None] * velocities
        return jnp.sum(products, axis=1)


def outside(system: System) -> Outside:
    """The matrices of the galaxy and the rotating frame: what they do to the three unit vectors."""
    units = jnp.eye(3)
    return Outside(tide.accelerations(units, system.tide), tide.coriolis(units, system.tide.angular_speed))


def jacobi_energy(system: System, velocities: Array, here: Field) -> Array:
    """Energy in the rotating frame, which a run conserves, of velocities (3, N) in the field `here`."""
    return _kinetic_energy(system.masses, velocities) + here.potential_energy


def energy_scale(system: System, state: State, here: Field) -> Array:
    """K + |W| [Msun pc^2 Myr^-2], K in the inertial frame: never zero, unlike the energy itself."""
    velocities = tide.to_inertial_frame(state.positions, state.velocities, system.tide.angular_speed)
    return _kinetic_energy(system.masses, velocities) - here.own_energy


def _kinetic_energy(masses: Array, velocities: Array) -> Array:
    return 0.5 * jnp.sum(masses * jnp.sum(velocities**2, axis=0))
