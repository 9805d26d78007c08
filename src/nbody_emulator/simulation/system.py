"""What is integrated: the stars that never change, the state that does, and the energies of both together."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from nbody_emulator.simulation import gravity, tide


class System(NamedTuple):
    """Masses (N,) [Msun], Plummer softening length [pc] and angular speed of the turning frame [1/Myr]."""

    masses: Array
    softening: Array
    angular_speed: Array


class State(NamedTuple):
    """Positions (3, N) [pc] and velocities (3, N) [pc/Myr], both in the turning frame."""

    positions: Array
    velocities: Array


def accelerations(system: System, positions: Array) -> Array:
    """Accelerations (3, N) [pc/Myr^2] that depend on positions alone: gravity and tide, not Coriolis."""
    own = gravity.accelerations(system.masses, positions, system.softening)
    return own + tide.accelerations(positions, system.angular_speed)


def jacobi_energy(system: System, state: State) -> Array:
    """Energy in the turning frame, conserved along an orbit: K + tide + W [Msun pc^2 Myr^-2]."""
    tidal = jnp.sum(system.masses * tide.potential(state.positions, system.angular_speed))
    own = gravity.potential_energy(system.masses, state.positions, system.softening)
    return _kinetic(system.masses, state.velocities) + tidal + own


def energy_scale(system: System, state: State) -> Array:
    """K + |W| [Msun pc^2 Myr^-2], K relative to fixed axes: never zero, unlike the energy itself."""
    velocities = tide.to_fixed_frame(state.positions, state.velocities, system.angular_speed)
    own = gravity.potential_energy(system.masses, state.positions, system.softening)
    return _kinetic(system.masses, velocities) - own


def _kinetic(masses: Array, velocities: Array) -> Array:
    return 0.5 * jnp.sum(masses * jnp.sum(velocities**2, axis=0))
