"""Leapfrog, kick-drift-kick, one fixed step for all stars: second order, symplectic, reversible.

The kick holds what depends on positions, gravity and tide; the drift is the exact motion under the Coriolis
force. Each is the exact flow of a part of the Hamiltonian, so both together keep a nearby energy for ever.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import math
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp

from nbody_emulator.simulation import tide
from nbody_emulator.simulation.collisions import StepPrediction
from nbody_emulator.simulation.energy import Energy, energy
from nbody_emulator.simulation.integrators.integrator import AbstractIntegrator, Settings
from nbody_emulator.simulation.shapes import Number
from nbody_emulator.simulation.system import Field, State, System, field
from nbody_emulator.simulation.work import Work, no_work


class IntegratorState(NamedTuple):
    """What is carried from step to step: the field at the end of one is that at the start of the next."""

    state: State
    field: Field
    step: Number
    flow: tide.FreeFlow
    energy: Energy
    work: Work


@dataclass(frozen=True)
class Leapfrog(AbstractIntegrator[IntegratorState]):
    """The integrator: kick by half a step, drift by one, kick by half a step."""

    refined = "step"
    in_crossing_times = ("step",)
    padding = 1
    over_runs = staticmethod(jax.vmap)

    def settings(self, step: float) -> Settings:
        """The length of every step [Myr]."""
        if not (step > 0.0 and math.isfinite(step)):
            raise ValueError(f"step must be positive and finite, not {step}")
        return {"step": step}

    def begin(self, system: System, state: State, step: Number) -> IntegratorState:
        here = field(system, state.positions)
        flow = tide.free_flow(step, system.tide.angular_speed)
        return IntegratorState(state, here, step, flow, energy_of(system, state, here), no_work())

    def time(self, integrator_state: IntegratorState) -> Number:
        return integrator_state.work.steps * integrator_state.step

    def next_time(self, integrator_state: IntegratorState) -> Number:
        return (integrator_state.work.steps + 1) * integrator_state.step

    def advance(self, system: System, integrator_state: IntegratorState) -> IntegratorState:
        step, flow = integrator_state.step, integrator_state.flow
        state, here = kick_drift_kick(system, integrator_state.state, integrator_state.field, step, flow)
        return integrator_state._replace(
            state=state,
            field=here,
            energy=energy_of(system, state, here),
            work=integrator_state.work.plus(system.stars, 0, system.stars**2, system.masses.size**2),
        )

    def at(self, system: System, integrator_state: IntegratorState, time: Number) -> tuple[State, Energy]:
        length = time - self.time(integrator_state)
        flow = tide.free_flow(length, system.tide.angular_speed)
        state, here = kick_drift_kick(system, integrator_state.state, integrator_state.field, length, flow)
        return state, energy_of(system, state, here)

    def predicted_step(self, system: System, integrator_state: IntegratorState) -> StepPrediction:
        positions, velocities = integrator_state.state
        velocities = velocities + 0.5 * integrator_state.step * integrator_state.field.accelerations
        there, _ = tide.drift(positions, velocities, integrator_state.flow)
        stars = system.masses.size
        return StepPrediction(
            now=self.time(integrator_state),
            number=jnp.arange(stars),
            masses=system.masses,
            positions=positions,
            velocities=(there - positions) / integrator_state.step,
            until=jnp.broadcast_to(self.next_time(integrator_state), stars),
            moved=None,
        )


def kick_drift_kick(
    system: System, state: State, here: Field, length: Number, flow: tide.FreeFlow
) -> tuple[State, Field]:
    """The state and its field after a step of `length` [Myr]; `flow` is the drift of that length."""
    velocities = state.velocities + 0.5 * length * here.accelerations
    positions, velocities = tide.drift(state.positions, velocities, flow)
    here = field(system, positions)
    return State(positions, velocities + 0.5 * length * here.accelerations), here


def energy_of(system: System, state: State, here: Field) -> Energy:
    """The energy of a state whose field is known."""
    return energy(system.masses, *state, here.own_energy, system.tide)
