"""A run from step to step: what is compiled, for one integrator and one number of stars.

Where bodies merge, the run stops at each contact, is brought together there and begun anew with one body fewer.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from functools import partial
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp
from jax import lax

from nbody_emulator.simulation import energy as energies
from nbody_emulator.simulation import gravity
from nbody_emulator.simulation.collisions import first_collision, soonest
from nbody_emulator.simulation.energy import Energy
from nbody_emulator.simulation.integrators.integrator import AbstractIntegrator, IntegratorState, Settings
from nbody_emulator.simulation.mergers import Merged, Mergers, Merging, merge, none_yet, radii
from nbody_emulator.simulation.shapes import (
    Count,
    Energies,
    Masses,
    Number,
    NumberLike,
    Positions,
    PositionsInTime,
    Present,
    RunCount,
    RunNumber,
    RunTruth,
    Truth,
    Velocities,
    VelocitiesInTime,
)
from nbody_emulator.simulation.system import State, System
from nbody_emulator.simulation.tide import Tide, to_inertial_frame, to_rotating_frame
from nbody_emulator.simulation.work import Work


class Trajectory(NamedTuple):
    """What `integrate` returns; numpy arrays, with a leading axis over runs if many were integrated.

    Attributes:
        positions: (T, N, 3) [pc].
        velocities: (T, N, 3) [pc/Myr], in the inertial frame, along the rotating axes.
        energies: Jacobi energies (T,) [Msun pc^2 Myr^-2].
        energy_error: the largest |dE| / (K0 + |W0|) whenever all stars were together, and at the last time, as of
            `simulation.energy`: about the centre of mass, so that a boost or a shift alters it by rounding alone;
            NaN once the state is not finite. What mergers gave up counts as conserved; tracers have no energy.
        step: mean length of a star's step [Myr].
        work: counts of the whole run.
        finished: whether the last time was reached; a run given up repeats, from then on, the state it had reached.
        merged: masses at each time and every merger; None unless bodies merge.
    """

    positions: PositionsInTime
    velocities: VelocitiesInTime
    energies: Energies
    energy_error: RunNumber
    step: RunNumber
    work: Work
    finished: RunTruth
    merged: Merged | None = None


class StoppingLimits(NamedTuple):
    """Limits at which a run is given up: on its energy error, and on the number of its steps."""

    abandon_above: NumberLike
    most_steps: Count | int


class Run(NamedTuple):
    """A run that can be taken on: everything, in arrays.

    Attributes:
        system: what does not change, empty slots included.
        integrator_state: the integrator's own.
        origin: the time [Myr] at which its clock stood at zero.
        start_energy: at the start, less what mergers have given up.
        scale: what errors are told beside.
        error: the largest relative one so far.
        merging: of a run in which bodies merge; None leaves nothing of it in the compiled program.
    """

    system: System
    integrator_state: IntegratorState
    origin: Number
    start_energy: Energy
    scale: Energy
    error: Number
    merging: Merging | None = None


class Progress(NamedTuple):
    """How far a run has come, and whether it goes on.

    Attributes:
        time: [Myr] that it has reached.
        steps: taken so far.
        error: the largest energy error so far.
        is_done: nothing is left to do by the time asked for, or the run was given up.
    """

    time: RunNumber
    steps: RunCount
    error: RunNumber
    is_done: RunTruth


def begin(
    integrator: AbstractIntegrator,
    masses: Masses,
    positions: Positions,
    velocities: Velocities,
    present: Present,
    softening: Number,
    tide: Tide,
    time: Number,
    settings: Settings,
    mergers: Mergers | None,
) -> Run:
    """A run at its start, traced; vectors are rows, (3, N)."""
    system = System(masses, softening, tide, present)
    state = State(positions, to_rotating_frame(positions, velocities, tide.angular_speed))
    own = gravity.potential_energy(masses, positions, softening)
    scale = energies.scale(masses, *state, own, tide)
    integrator_state = integrator.begin(system, state, **settings)
    merging = None if mergers is None else none_yet(mergers, settings, masses.size)
    # Zero, but not a number if the start is none.
    none = energies.error(integrator_state.energy, integrator_state.energy, scale)
    return _watched(
        integrator, Run(system, integrator_state, time, integrator_state.energy, scale, none, merging)
    )


def follow(
    integrator: AbstractIntegrator,
    run: Run,
    time: Number,
    stopping_limits: StoppingLimits,
    piece: Count | int,
) -> tuple[Trajectory, Run, Progress]:
    """The run taken to `time`, or `piece` steps towards it, traced: how it looks there, T being 1.

    In how many pieces it goes changes no bit, for each step knows the run alone.
    """
    until = StoppingLimits(
        stopping_limits.abandon_above, jnp.minimum(stopping_limits.most_steps, _work(run).steps + piece)
    )
    run = _take_to(integrator, run, time, until)
    is_there = _has_reached(integrator, run, time, stopping_limits)
    clock = integrator.time(run.integrator_state)
    state, energy = integrator.at(
        run.system, run.integrator_state, jnp.where(is_there, time - run.origin, clock)
    )
    work, star_time = _effort(integrator, run)
    error = jnp.maximum(run.error, _change(run, energy))
    one_time = Trajectory(
        positions=state.positions[None],
        velocities=to_inertial_frame(*state, run.system.tide.angular_speed)[None],
        energies=energy.total[None],
        energy_error=error,
        step=star_time / jnp.maximum(work.star_steps, 1),
        work=work,
        finished=is_there,
        merged=None if run.merging is None else run.merging.merged(run.system.masses),
    )
    is_done = ~(_has_work(integrator, run, time) & _may_go_on(run, stopping_limits))
    return one_time, run, Progress(run.origin + clock, work.steps, error, is_done)


def _take_to(integrator: AbstractIntegrator, run: Run, time: Number, stopping_limits: StoppingLimits) -> Run:
    """The run with all steps taken that end by `time`, and bodies that touch by then made one."""

    def can_step(run: Run) -> Truth:
        return _has_step(integrator, run, time) & _may_go_on(run, stopping_limits)

    def touches(run: Run) -> Truth:
        return _has_contact(run, time) & _may_go_on(run, stopping_limits)

    def step_and_merge(run: Run) -> Run:
        run = lax.while_loop(can_step, partial(_advance, integrator), run)
        return lax.cond(touches(run), partial(_merge, integrator), lambda run: run, run)

    if run.merging is None:
        return lax.while_loop(can_step, partial(_advance, integrator), run)
    return lax.while_loop(lambda run: can_step(run) | touches(run), step_and_merge, run)


def _has_step(integrator: AbstractIntegrator, run: Run, time: Number) -> Truth:
    """Whether a step ends by `time`, and before the next contact."""
    until = time - run.origin
    until = until if run.merging is None else jnp.minimum(until, run.merging.contact.time)
    return integrator.next_time(run.integrator_state) <= until


def _has_contact(run: Run, time: Number) -> Truth:
    """Whether two bodies touch by `time`."""
    return _merging(run).contact.time <= time - run.origin


def _merging(run: Run) -> Merging:
    """What is known of mergers; asked where bodies merge."""
    return cast(Merging, run.merging)


def _may_go_on(run: Run, stopping_limits: StoppingLimits) -> Truth:
    return (run.error <= stopping_limits.abandon_above) & (_work(run).steps < stopping_limits.most_steps)


def _has_work(integrator: AbstractIntegrator, run: Run, time: Number) -> Truth:
    """Whether anything is left to do by `time`."""
    step = _has_step(integrator, run, time)
    return step if run.merging is None else step | _has_contact(run, time)


def _has_reached(
    integrator: AbstractIntegrator, run: Run, time: Number, stopping_limits: StoppingLimits
) -> Truth:
    """Whether the run was not given up before `time`: nothing is left to do by then, and its energy holds."""
    return (run.error <= stopping_limits.abandon_above) & ~_has_work(integrator, run, time)


def _advance(integrator: AbstractIntegrator, run: Run) -> Run:
    integrator_state = integrator.advance(run.system, run.integrator_state)
    error = jnp.maximum(run.error, _change(run, integrator_state.energy))
    return _watched(integrator, run._replace(integrator_state=integrator_state, error=error))


def _watched(integrator: AbstractIntegrator, run: Run) -> Run:
    """The run with the next contact known; itself where bodies do not merge."""
    if run.merging is None:
        return run
    predicted_step = integrator.predicted_step(run.system, run.integrator_state)
    contact = first_collision(predicted_step, radii(run.merging.mergers, predicted_step.masses))
    return run._replace(merging=run.merging._replace(contact=soonest(run.merging.contact, contact)))


def _merge(integrator: AbstractIntegrator, run: Run) -> Run:
    """The run begun anew at the next contact, the two bodies being one."""
    merging = _merging(run)
    time = merging.contact.time
    state, energy = integrator.at(run.system, run.integrator_state, time)
    system, state, event = merge(run.system, state, merging.contact)
    integrator_state = integrator.begin(system, state, **merging.settings)
    given_up = energy.less(integrator_state.energy)
    work, star_time = _effort(integrator, run)
    origin = run.origin + time
    merged = Run(
        system,
        integrator_state,
        origin,
        run.start_energy.less(given_up),
        run.scale,
        jnp.maximum(run.error, _change(run, energy)),
        merging.after(event._replace(time=origin, energy=given_up.total), work, star_time),
    )
    return _watched(integrator, merged)


def _effort(integrator: AbstractIntegrator, run: Run) -> tuple[Work, Number]:
    """The work done so far, and the time [Myr] that all stars together were integrated for."""
    star_time = integrator.time(run.integrator_state) * run.system.stars
    return _work(run), star_time if run.merging is None else run.merging.star_time + star_time


def _work(run: Run) -> Work:
    """The work done so far, before mergers too."""
    work = run.integrator_state.work
    return work if run.merging is None else jax.tree.map(jnp.add, run.merging.work, work)


def _change(run: Run, energy: Energy) -> Number:
    return energies.error(energy, run.start_energy, run.scale)
