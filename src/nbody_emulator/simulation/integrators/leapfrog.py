"""Leapfrog, kick-drift-kick, one fixed step for all stars: second order, symplectic, reversible.

The kick holds everything that depends on positions, gravity and tide; the drift is the exact motion under the
Coriolis force. Each is the exact flow of a part of the Hamiltonian: their product keeps a nearby energy for ever.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass

import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.simulation import tide
from nbody_emulator.simulation.system import State, System, accelerations


@dataclass(frozen=True)
class Leapfrog:
    """Remembers the accelerations (3, N) at the end of a step for the start of the next."""

    def begin(self, system: System, state: State) -> Array:
        """Accelerations (3, N) at `state`."""
        return accelerations(system, state.positions)

    def advance(
        self, system: System, state: State, memory: Array, interval: Array, step: Array
    ) -> tuple[State, Array, Array]:
        """Advance by `interval` [Myr] in the fewest equal steps not longer than `step` [Myr]."""
        steps = count_steps(interval, step)
        length = interval / steps
        flow = tide.free_flow(length, system.angular_speed)

        def one_step(_, carry):
            (positions, velocities), acceleration = carry
            velocities = velocities + 0.5 * length * acceleration
            positions, velocities = tide.drift(positions, velocities, flow)
            acceleration = accelerations(system, positions)
            return State(positions, velocities + 0.5 * length * acceleration), acceleration

        state, memory = lax.fori_loop(0, steps, one_step, (state, memory))
        return state, memory, steps


def count_steps(interval: Array, step: Array) -> Array:
    """The fewest equal steps, at least one, that cover `interval` and exceed `step` by rounding at most."""
    return jnp.maximum(jnp.ceil(interval / step * (1.0 - 1e-12)), 1.0).astype(int)
