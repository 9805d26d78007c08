"""Leapfrog, kick-drift-kick, one fixed step for all stars: second order, symplectic, reversible.

The kick holds what depends on positions, gravity and tide; the drift is the exact motion under the Coriolis
force. Each is the exact flow of a part of the Hamiltonian, so both together keep a nearby energy for ever.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.simulation import tide
from nbody_emulator.simulation.integrators.account import Account
from nbody_emulator.simulation.system import Field, State, System, field, jacobi_energy


class Memory(NamedTuple):
    """The field at the end of a step, which is the field at the start of the next."""

    field: Field


@dataclass(frozen=True)
class Leapfrog:
    """The integrator: kick by half a step, drift by one, kick by half a step."""

    def begin(self, system: System, state: State) -> Memory:
        """The field at `state`."""
        return Memory(field(system, state.positions))

    def advance(
        self, system: System, state: State, memory: Memory, interval: Array, step: Array
    ) -> tuple[State, Memory, Account]:
        """Advance by `interval` [Myr] in the fewest equal steps not longer than `step` [Myr]."""
        steps = count_steps(interval, step)
        length = interval / steps
        flow = tide.free_flow(length, system.tide.angular_speed)

        def one_step(_, carry):
            (positions, velocities), here, lowest, highest = carry
            velocities = velocities + 0.5 * length * here.accelerations
            positions, velocities = tide.drift(positions, velocities, flow)
            here = field(system, positions)
            velocities = velocities + 0.5 * length * here.accelerations
            energy = jacobi_energy(system, velocities, here)
            return (
                State(positions, velocities),
                here,
                jnp.minimum(lowest, energy),
                jnp.maximum(highest, energy),
            )

        energy = jacobi_energy(system, state.velocities, memory.field)
        carry = (state, memory.field, energy, energy)
        state, here, lowest, highest = lax.fori_loop(0, steps, one_step, carry)
        return state, Memory(here), Account(steps, lowest, highest)


def count_steps(interval: Array, step: Array) -> Array:
    """The fewest equal steps, at least one, that cover `interval` and exceed `step` by rounding at most."""
    return jnp.maximum(jnp.ceil(interval / step * (1.0 - 1e-12)), 1.0).astype(int)
