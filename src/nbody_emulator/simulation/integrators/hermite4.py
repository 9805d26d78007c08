"""Hermite's fourth-order scheme with one step for all stars, chosen anew by the star in most need of a short one."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from nbody_emulator.simulation import jerk
from nbody_emulator.simulation.collisions import StepPrediction
from nbody_emulator.simulation.energy import Energy
from nbody_emulator.simulation.integrators import hermite
from nbody_emulator.simulation.integrators.hermite import Limits, Motion
from nbody_emulator.simulation.integrators.integrator import AbstractIntegrator, Settings
from nbody_emulator.simulation.shapes import Count, Number
from nbody_emulator.simulation.system import State, System, outside
from nbody_emulator.simulation.tiles import TILE
from nbody_emulator.simulation.work import Work, no_work


class IntegratorState(NamedTuple):
    """What is carried from step to step; `time` [Myr] is since the start."""

    motion: Motion
    time: Number
    step: Number
    energy: Energy
    limits: Limits
    passes: Count
    work: Work


@dataclass(frozen=True)
class Hermite4(AbstractIntegrator[IntegratorState]):
    """The integrator: predict, evaluate, correct, the last two as often as asked."""

    refined = "accuracy"
    in_crossing_times = ("longest_step", "step_floor")
    padding = TILE
    over_runs = staticmethod(jax.vmap)

    def settings(
        self, accuracy: float, longest_step: float, step_floor: float = 0.0, corrector_passes: int = 1
    ) -> Settings:
        """Aarseth's eta, the longest and the shortest step [Myr], and how often a step is corrected."""
        if corrector_passes < 1:
            raise ValueError(f"corrector_passes must be at least 1, not {corrector_passes}")
        limits = hermite.limits(accuracy, longest_step, step_floor)
        return {"limits": limits, "passes": corrector_passes}

    def begin(self, system: System, state: State, limits: Limits, passes: Count) -> IntegratorState:
        limits = hermite.within_orbit(limits, system.tide.angular_speed)
        motion, wanted = hermite.first_motion(system, state, limits.accuracy)
        step = hermite.first_step(jnp.min(wanted), limits)
        energy = hermite.energy(system, system.masses, motion)
        return IntegratorState(motion, jnp.zeros(()), step, energy, limits, passes, no_work())

    def time(self, integrator_state: IntegratorState) -> Number:
        return integrator_state.time

    def next_time(self, integrator_state: IntegratorState) -> Number:
        return integrator_state.time + integrator_state.step

    def advance(self, system: System, integrator_state: IntegratorState) -> IntegratorState:
        before, step, limits = integrator_state.motion, integrator_state.step, integrator_state.limits
        motion, energy = self._move(system, integrator_state, step)
        now = self.next_time(integrator_state)
        wanted = hermite.wanted_step(outside(system), before, motion, step, limits.accuracy)
        wanted = jnp.min(jnp.where(system.present, wanted, jnp.inf))
        stars = system.stars
        work = integrator_state.work.plus(
            star_steps=stars,
            floor_hits=jnp.where(wanted < limits.step_floor, stars, 0),
            needed_pairs=stars**2,
            executed_pairs=integrator_state.passes * system.masses.size**2,
        )
        step = hermite.next_step(wanted, step, now, limits)
        return integrator_state._replace(motion=motion, time=now, step=step, energy=energy, work=work)

    def at(self, system: System, integrator_state: IntegratorState, time: Number) -> tuple[State, Energy]:
        motion, energy = self._move(system, integrator_state, time - integrator_state.time)
        return State(motion.positions, motion.velocities), energy

    def predicted_step(self, system: System, integrator_state: IntegratorState) -> StepPrediction:
        stars = system.masses.size
        return StepPrediction(
            now=integrator_state.time,
            number=jnp.arange(stars),
            masses=system.masses,
            positions=integrator_state.motion.positions,
            velocities=hermite.mean_velocities(integrator_state.motion, integrator_state.step),
            until=jnp.broadcast_to(self.next_time(integrator_state), stars),
            moved=None,
        )

    def _move(self, system: System, integrator_state: IntegratorState, step: Number) -> tuple[Motion, Energy]:
        """The motion and the energy after one step of this length."""
        around, before = outside(system), integrator_state.motion

        def correct_once(_: Count, motion: Motion) -> Motion:
            ahead = State(motion.positions, motion.velocities)
            pull = jerk.on_tiles(system.masses.size, jerk.sources(system.masses, *ahead), system.softening)
            corrected = hermite.correct(around, before, ahead, step, pull)
            return hermite.masked(system.present, corrected, before)

        predicted = before._replace(**hermite.predict(before, step)._asdict())
        motion = lax.fori_loop(0, integrator_state.passes, correct_once, predicted)
        return motion, hermite.energy(system, system.masses, motion)
