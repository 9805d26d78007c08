"""Integration of clusters through given times, their Jacobi energy audited whenever all stars are together.

`start` begins a run and `follow` takes it on through more times, so that a run may be put aside and taken up
again; `integrate` is both. Compiled once for a number of stars, of times and an integrator: all else is data.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from nbody_emulator.simulation.arguments import axes_first, check_stars, check_times, settings_of
from nbody_emulator.simulation.contacts import first_contact, soonest
from nbody_emulator.simulation.initial_conditions import InitialConditions
from nbody_emulator.simulation.mergers import (
    Merged,
    Mergers,
    Merging,
    checked,
    merge,
    none_yet,
    of_first,
    radii,
)
from nbody_emulator.simulation.padding import padded
from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.system import State, System, energy_scale, field
from nbody_emulator.simulation.tide import ISOLATED, Tide, to_fixed_frame, to_turning_frame
from nbody_emulator.simulation.work import Work


class Trajectory(NamedTuple):
    """What `integrate` returns; numpy arrays, with a leading axis over runs if many were integrated.

    Attributes:
        positions: (T, N, 3) [pc].
        velocities: (T, N, 3) [pc/Myr], relative to axes that do not turn, along the turning axes.
        energies: Jacobi energies (T,) [Msun pc^2 Myr^-2].
        energy_error: the largest |dE| / (K0 + |W0|) whenever all stars were together, and at the last time;
            NaN once the state is not finite. What mergers gave up counts as conserved.
        step: mean length of a star's step [Myr].
        work: counts of the whole run.
        merged: masses at each time and every merger; None unless bodies merge.
    """

    positions: np.ndarray
    velocities: np.ndarray
    energies: np.ndarray
    energy_error: np.ndarray
    step: np.ndarray
    work: Work
    merged: Merged | None = None


class Run(NamedTuple):
    """A run that can be taken on: everything, in arrays.

    Attributes:
        system: what does not change, empty slots included.
        memory: the integrator's own.
        origin: the time [Myr] at which its clock stood at zero.
        start_energy: Jacobi energy at the start, less what mergers have given up [Msun pc^2 Myr^-2].
        scale: K0 + |W0|, in the same unit.
        error: the largest |dE| / scale so far.
        merging: of a run in which bodies merge; None leaves nothing of it in the compiled program.
    """

    system: System
    memory: Any
    origin: Array
    start_energy: Array
    scale: Array
    error: Array
    merging: Merging | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A run put aside: numpy arrays and the names of its methods, fit to be pickled."""

    integrator: str
    stars: int
    run: Run


def integrate(
    masses: np.ndarray,
    positions: np.ndarray,
    velocities: np.ndarray,
    times: np.ndarray,
    *,
    softening: float,
    tide: Tide = ISOLATED,
    integrator: str = "leapfrog",
    mergers: Mergers | None = None,
    abandon_above: float = np.inf,
    **settings: float,
) -> Trajectory:
    """Integrate one cluster.

    Args:
        masses: (N,) [Msun]; a star without mass is an empty slot.
        positions: (N, 3) [pc] at times[0]; with a tide x points away from the galaxy, y along the orbit.
        velocities: (N, 3) [pc/Myr] at times[0], relative to axes that do not turn.
        times: (T,) [Myr], ascending, T >= 2; the state is returned at each. They do not alter the steps.
        softening: Plummer softening length [pc].
        tide: of the galaxy on the circular orbit; none by default.
        integrator: a name in `register.INTEGRATORS`.
        mergers: radii within which two bodies become one; by default they never do.
        abandon_above: stop once the energy error exceeds this; later states repeat the one reached.
        settings: the integrator's own, see its `settings`: `step` [Myr] of the leapfrog; `accuracy`,
            `longest_step` and `step_floor` [Myr] of the Hermite schemes.

    Raises:
        ValueError: shapes do not agree, numbers are not finite, times do not ascend, or a setting is wrong.
    """
    check_times(times)
    if np.size(times) < 2:
        raise ValueError("times must be at least two, the first that of the start")
    begun = start(
        masses,
        positions,
        velocities,
        times[0],
        softening=softening,
        tide=tide,
        integrator=integrator,
        mergers=mergers,
        **settings,
    )
    return follow(begun, times, abandon_above=abandon_above)[0]


def start(
    masses: np.ndarray,
    positions: np.ndarray,
    velocities: np.ndarray,
    time: float,
    *,
    softening: float,
    tide: Tide = ISOLATED,
    integrator: str = "leapfrog",
    mergers: Mergers | None = None,
    **settings: float,
) -> Checkpoint:
    """A run about to begin at `time` [Myr]; arguments as of `integrate`."""
    check_stars(masses, positions, velocities, softening)
    if not (np.isfinite(time) and np.all(np.isfinite(tide))):
        raise ValueError(f"the tide must be finite, and so must the time, not {tide} and {time}")
    method = INTEGRATORS.load(integrator)()
    stars = padded(InitialConditions(masses, positions, velocities), tide, method.padding)
    numbers = axes_first(*stars, softening, tide)
    given = settings_of(integrator, method, settings)
    run = _start_one(method, *numbers, float(time), given, checked(mergers))
    return Checkpoint(integrator, len(masses), jax.tree.map(np.asarray, run))


def follow(
    checkpoint: Checkpoint, times: np.ndarray, *, abandon_above: float = np.inf
) -> tuple[Trajectory, Checkpoint]:
    """Take a run on through `times` [Myr]: the states there, and the run as it is after the last of them.

    A run followed in parts equals, bit for bit, the run followed at once.
    """
    check_times(times)
    method = INTEGRATORS.load(checkpoint.integrator)()
    reached = checkpoint.run.origin + method.time(checkpoint.run.memory)
    if times[0] < reached:
        raise ValueError(f"times must not be before {reached} Myr, which the run has reached")
    trajectory, run = _follow_one(method, checkpoint.run, np.asarray(times, dtype=float), abandon_above)
    run = jax.tree.map(np.asarray, run)
    return _stars_first(trajectory, checkpoint.stars), replace(checkpoint, run=run)


def integrate_many(
    masses: np.ndarray,
    positions: np.ndarray,
    velocities: np.ndarray,
    times: np.ndarray,
    *,
    softening: np.ndarray,
    tide: Tide,
    integrator: str,
    abandon_above: float,
    mergers: Mergers | None = None,
    **settings: np.ndarray,
) -> Trajectory:
    """Integrate W clusters: every argument of `integrate` with a leading axis, but the integrator and the limit.

    In lockstep where the integrator allows it, for accelerators which one cluster does not fill: then bits may
    depend on W, not on neighbours.
    """
    method = INTEGRATORS.load(integrator)()
    each = [dict(zip(settings, row, strict=True)) for row in zip(*settings.values(), strict=True)]
    rows = [settings_of(integrator, method, row) for row in each]
    settings = jax.tree.map(lambda *numbers: np.stack(numbers), *rows)
    runs = zip(masses, positions, velocities, zip(*tide, strict=True), strict=True)
    slots = [padded(InitialConditions(*run[:3]), Tide(*run[3]), method.padding) for run in runs]
    stars = jax.tree.map(lambda *rows: np.stack(rows), *slots)
    times = np.asarray(times, dtype=float)
    begin = (*axes_first(*stars, softening, tide), times[:, 0], settings, checked(mergers))
    return _stars_first(_integrate_many(method, begin, times, abandon_above), np.shape(masses)[1])


def _start(integrator, masses, positions, velocities, softening, tide, time, settings, mergers) -> Run:
    """A run at its start, traced; vectors are rows, (3, N)."""
    system = System(masses, softening, tide)
    state = State(positions, to_turning_frame(positions, velocities, tide.angular_speed))
    scale = energy_scale(system, state, field(system, positions))
    memory = integrator.begin(system, state, **settings)
    merging = None if mergers is None else none_yet(mergers, settings, masses.size)
    none = jnp.abs(memory.energy / scale * 0.0)
    return _watched(integrator, Run(system, memory, time, memory.energy, scale, none, merging))


def _follow(integrator, run: Run, times: Array, abandon_above: Array) -> tuple[Trajectory, Run]:
    """The run taken through `times`, traced."""

    def through(run: Run, time: Array) -> tuple[Run, tuple]:
        run = _take_to(integrator, run, time, abandon_above)
        reached = jnp.where(run.error <= abandon_above, time - run.origin, integrator.time(run.memory))
        count = None if run.merging is None else run.merging.count
        return run, (*integrator.at(run.system, run.memory, reached), run.system.masses, count)

    run, (states, energies, masses, counts) = lax.scan(through, run, times)
    to_fixed = jax.vmap(to_fixed_frame, (0, 0, None))
    work, star_time = _effort(integrator, run)
    return Trajectory(
        positions=states.positions,
        velocities=to_fixed(states.positions, states.velocities, run.system.tide.angular_speed),
        energies=energies,
        energy_error=jnp.maximum(run.error, _change(run, energies[-1])),
        step=star_time / jnp.maximum(work.star_steps, 1),
        work=work,
        merged=None if run.merging is None else Merged(masses, counts, run.merging.events),
    ), run


def _take_to(integrator, run: Run, time: Array, abandon_above: Array) -> Run:
    """The run with all steps taken that end by `time`, and bodies that touch by then made one."""

    def can_step(run: Run) -> Array:
        until = time - run.origin
        until = until if run.merging is None else jnp.minimum(until, run.merging.contact.time)
        return (integrator.next_time(run.memory) <= until) & (run.error <= abandon_above)

    def touches(run: Run) -> Array:
        return (run.merging.contact.time <= time - run.origin) & (run.error <= abandon_above)

    def step_and_merge(run: Run) -> Run:
        run = lax.while_loop(can_step, partial(_advance, integrator), run)
        return lax.cond(touches(run), partial(_merge, integrator), lambda run: run, run)

    if run.merging is None:
        return lax.while_loop(can_step, partial(_advance, integrator), run)
    return lax.while_loop(lambda run: can_step(run) | touches(run), step_and_merge, run)


def _advance(integrator, run: Run) -> Run:
    memory = integrator.advance(run.system, run.memory)
    error = jnp.maximum(run.error, _change(run, memory.energy))
    return _watched(integrator, run._replace(memory=memory, error=error))


def _watched(integrator, run: Run) -> Run:
    """The run with the next contact known; itself where bodies do not merge."""
    if run.merging is None:
        return run
    outlook = integrator.outlook(run.system, run.memory)
    contact = first_contact(outlook, radii(run.merging.mergers, outlook.masses))
    return run._replace(merging=run.merging._replace(contact=soonest(run.merging.contact, contact)))


def _merge(integrator, run: Run) -> Run:
    """The run begun anew at the next contact, the two bodies being one."""
    merging, time = run.merging, run.merging.contact.time
    state, energy = integrator.at(run.system, run.memory, time)
    system, state, event = merge(run.system, state, merging.contact)
    memory = integrator.begin(system, state, **merging.settings)
    given_up = energy - memory.energy
    work, star_time = _effort(integrator, run)
    origin = run.origin + time
    merged = Run(
        system,
        memory,
        origin,
        run.start_energy - given_up,
        run.scale,
        jnp.maximum(run.error, _change(run, energy)),
        merging.after(event._replace(times=origin, energies=given_up), work, star_time),
    )
    return _watched(integrator, merged)


def _effort(integrator, run: Run) -> tuple[Work, Array]:
    """The work done so far, and the time [Myr] that all stars together were integrated for."""
    stars = jnp.sum(run.system.masses > 0.0)
    work, star_time = run.memory.work, integrator.time(run.memory) * stars
    if run.merging is None:
        return work, star_time
    return jax.tree.map(jnp.add, run.merging.work, work), run.merging.star_time + star_time


def _change(run: Run, energy: Array) -> Array:
    return jnp.abs(energy - run.start_energy) / run.scale


_start_one = jax.jit(_start, static_argnums=0)
_follow_one = jax.jit(_follow, static_argnums=0)


@partial(jax.jit, static_argnums=0)
def _integrate_many(integrator, begin, times, abandon_above) -> Trajectory:
    def one(arguments):
        begin, times = arguments
        return _follow(integrator, _start(integrator, *begin), times, abandon_above)[0]

    return integrator.over_runs(one)((begin, times))


def _stars_first(trajectory: Trajectory, stars: int) -> Trajectory:
    """The trajectory in numpy arrays, vectors (..., 3, slots) as (..., N, 3), without the slots added."""
    arrays = jax.tree.map(np.asarray, trajectory)
    return arrays._replace(
        positions=np.ascontiguousarray(np.swapaxes(arrays.positions[..., :stars], -1, -2)),
        velocities=np.ascontiguousarray(np.swapaxes(arrays.velocities[..., :stars], -1, -2)),
        merged=of_first(stars, arrays.merged),
    )
