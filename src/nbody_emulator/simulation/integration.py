"""Integration of clusters through given times, their Jacobi energy audited whenever all stars are together.

`start` begins a run and `follow` takes it on through more times, so that a run may be put aside and taken up
again; `integrate` is both. Compiled once for a number of stars and an integrator: all else is data.

Importing this module switches JAX to float64 for the whole process, see `double_precision`.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass, replace
from functools import partial

import jax
import numpy as np

from nbody_emulator.simulation import arguments, pieces, values
from nbody_emulator.simulation import run as running
from nbody_emulator.simulation.compiled import compiled
from nbody_emulator.simulation.integrators.integrator import AbstractIntegrator
from nbody_emulator.simulation.mergers import Mergers, of_first
from nbody_emulator.simulation.padding import padded
from nbody_emulator.simulation.pieces import Report
from nbody_emulator.simulation.run import Progress, Run, StoppingLimits, Trajectory
from nbody_emulator.simulation.shapes import (
    Count,
    MassColumn,
    Number,
    PositionColumns,
    PresentColumn,
    TimeColumn,
    VelocityColumns,
)
from nbody_emulator.simulation.stars import InitialConditions
from nbody_emulator.simulation.tide import ISOLATED, Tide

MOST_STEPS = 10**8
"""A run that takes more is stuck: the default experiment's take some thousands."""

ABANDON_ABOVE = 1.0
"""A run that errs by more has lost all its energy to errors, and what comes next is nobody's cluster."""


@dataclass(frozen=True)
class Checkpoint:
    """A run put aside: numpy arrays and the names of its methods, fit to be pickled."""

    integrator: str
    stars: int
    run: Run


def integrate(
    masses: MassColumn,
    positions: PositionColumns,
    velocities: VelocityColumns,
    times: TimeColumn,
    *,
    softening: float,
    tide: Tide = ISOLATED,
    integrator: str = "leapfrog",
    mergers: Mergers | None = None,
    present: PresentColumn | None = None,
    abandon_above: float = ABANDON_ABOVE,
    most_steps: int = MOST_STEPS,
    report: Report | None = None,
    **settings: float,
) -> Trajectory:
    """Integrate one cluster.

    Ctrl-C is heard within a fraction of a second, but for the seconds in which a program is compiled: once for an
    integrator and a number of stars, of the Hermite schemes a multiple of 64.

    Args:
        masses: (N,) [Msun]; a star without mass is a tracer: it is pulled and pulls nobody, has no part in the
            energy error, and merges with nobody.
        positions: (N, 3) [pc] at times[0]; with a tide x points away from the galaxy, y along the orbit.
        velocities: (N, 3) [pc/Myr] at times[0], in the inertial frame.
        times: (T,) [Myr], ascending, T >= 2; the state is returned at each. They do not alter the steps. To go
            back in time, reverse the velocities (with a tide its angular speed, too).
        softening: Plummer softening length [pc].
        tide: of the galaxy on the circular orbit; none by default.
        integrator: a name in `register.INTEGRATORS`.
        mergers: radii within which two bodies become one; by default they never do.
        present: (N,) booleans, which of these slots hold a star; by default all do. An empty one feels and pulls
            nobody, and is put far aside along the orbit, whatever is given there: room, for one compiled program.
        abandon_above: stop once the energy error exceeds this; later states repeat the one reached.
        most_steps: stop after so many steps likewise, of which `finished` tells.
        report: called with the time [Myr] reached, the steps taken and the energy error, some times a second.
        settings: the integrator's own, see its `settings`: `step` [Myr] of the leapfrog; `accuracy`,
            `longest_step` and `step_floor` [Myr] of the Hermite schemes.

    Raises:
        TypeError: an argument is of another kind, such as words for numbers.
        ValueError: shapes do not agree, numbers are not finite, times do not ascend, or a setting is wrong.

    Warns:
        EnergyWarning: the energy error is above 1e-2, or not a number.
    """
    times = arguments.times_of_run(times)
    stopping_limits = arguments.stopping_limits_of(abandon_above, most_steps)
    arguments.check_longest_step(settings, times[-1] - times[0])
    begun = start(
        masses,
        positions,
        velocities,
        times[0],
        softening=softening,
        tide=tide,
        integrator=integrator,
        mergers=mergers,
        present=present,
        **settings,
    )
    trajectory = _follow(begun, times, stopping_limits, report)[0]
    pieces.warn(trajectory.energy_error)
    return trajectory


def start(
    masses: MassColumn,
    positions: PositionColumns,
    velocities: VelocityColumns,
    time: float,
    *,
    softening: float,
    tide: Tide = ISOLATED,
    integrator: str = "leapfrog",
    mergers: Mergers | None = None,
    present: PresentColumn | None = None,
    **settings: float,
) -> Checkpoint:
    """A run about to begin at `time` [Myr]; arguments as of `integrate`."""
    method = arguments.integrator_of(integrator)
    given = arguments.settings_of(integrator, method, settings)
    stars, present = arguments.stars_of(masses, positions, velocities, present)
    tide, mergers = arguments.tide_of(tide), arguments.mergers_of(mergers)
    softening = arguments.softening_of(softening, stars.positions[present])
    slots = padded(stars, tide, method.padding, present)
    numbers = arguments.axes_first(slots, softening, tide)
    run = _start_one(method, *numbers, arguments.time_of(time), given, mergers)
    arguments.check_energy(run.scale, stars.masses[present])
    return Checkpoint(integrator, len(stars.masses), jax.tree.map(np.asarray, run))


def follow(
    checkpoint: Checkpoint,
    times: TimeColumn,
    *,
    abandon_above: float = ABANDON_ABOVE,
    most_steps: int = MOST_STEPS,
    report: Report | None = None,
) -> tuple[Trajectory, Checkpoint]:
    """Advance a run through `times` [Myr]: the states there, and a checkpoint at the last of them.

    A run followed in parts equals, bit for bit, the run followed at once. Arguments and warnings as of `integrate`.
    """
    if not isinstance(checkpoint, Checkpoint):
        raise TypeError(f"checkpoint must be what `start` or `follow` gave, not {type(checkpoint).__name__}")
    times, stopping_limits = (
        arguments.times_of(times),
        arguments.stopping_limits_of(abandon_above, most_steps),
    )
    method = arguments.integrator_of(checkpoint.integrator)
    reached = checkpoint.run.origin + method.time(checkpoint.run.integrator_state)
    if times[0] < reached:
        raise ValueError(f"times must not be before {reached} Myr, which the run has reached")
    trajectory, checkpoint = _follow(checkpoint, times, stopping_limits, report)
    pieces.warn(trajectory.energy_error)
    return trajectory, checkpoint


def integrate_many(
    masses: MassColumn,
    positions: PositionColumns,
    velocities: VelocityColumns,
    times: TimeColumn,
    *,
    softening: np.ndarray,
    tide: Tide,
    integrator: str,
    abandon_above: float = ABANDON_ABOVE,
    mergers: Mergers | None = None,
    present: PresentColumn | None = None,
    most_steps: int = MOST_STEPS,
    report: Report | None = None,
    **settings: np.ndarray,
) -> Trajectory:
    """Integrate W clusters: every argument of `integrate` with a leading axis, but the integrator and the two limits.

    `report` is told of all runs at once.

    In lockstep where the integrator allows it, for accelerators which one cluster does not fill: then bits may
    depend on W, not on neighbours. A cluster whose numbers are not finite gives NaN, and spoils no other.
    """
    method = arguments.integrator_of(integrator)
    given = arguments.star_arrays(masses, positions, velocities, ("W", "N"))
    runs, slots = given.masses.shape
    rows = arguments.settings_of_many(integrator, method, settings, runs)
    times = arguments.times_of_run(times, (runs, "T"))
    stopping_limits = arguments.stopping_limits_of(abandon_above, most_steps)
    softening = arguments.real_numbers("softening", softening, (runs,))
    tide, mergers = arguments.tide_of(tide, (runs,)), arguments.mergers_of(mergers, (runs,))
    present = arguments.present_of(present, (runs, slots))
    values.check_signs(given.masses[present])
    values.check_softening(softening)
    for run in range(runs):
        row = {name: column[run] for name, column in settings.items()}
        arguments.check_longest_step(row, times[run, -1] - times[run, 0])
    each = zip(zip(*given, strict=True), np.stack(tide, axis=1), present, strict=True)
    clusters = [
        padded(InitialConditions(*stars), Tide(*around), method.padding, some) for stars, around, some in each
    ]
    stars, beginnings = (jax.tree.map(lambda *rows: np.stack(rows), *several) for several in (clusters, rows))
    begin = (*arguments.axes_first(stars, softening, tide), times[:, 0], beginnings, mergers)
    advance = partial(_follow_many, method)
    trajectory, _ = pieces.through(advance, _start_many(method, begin), times, stopping_limits, report)
    pieces.warn(trajectory.energy_error)
    return _stars_first(trajectory, slots)


def _follow(
    checkpoint: Checkpoint, times: TimeColumn, stopping_limits: StoppingLimits, report: Report | None
) -> tuple[Trajectory, Checkpoint]:
    advance = partial(_follow_one, arguments.integrator_of(checkpoint.integrator))
    trajectory, run = pieces.through(advance, checkpoint.run, times, stopping_limits, report)
    run = jax.tree.map(np.asarray, run)
    return _stars_first(trajectory, checkpoint.stars), replace(checkpoint, run=run)


_start_one = compiled(running.begin, static_argnums=0)
_follow_one = compiled(running.follow, static_argnums=0)


@partial(compiled, static_argnums=0)
def _start_many(integrator: AbstractIntegrator, begin: tuple) -> Run:
    def one(given: tuple) -> Run:
        return running.begin(integrator, *given)

    return integrator.over_runs(one)(begin)


@partial(compiled, static_argnums=0)
def _follow_many(
    integrator: AbstractIntegrator, runs: Run, times: jax.Array, stopping_limits: StoppingLimits, piece: Count
) -> tuple[Trajectory, Run, Progress]:
    def one(given: tuple[Run, Number]) -> tuple[Trajectory, Run, Progress]:
        return running.follow(integrator, *given, stopping_limits, piece)

    return integrator.over_runs(one)((runs, times))


def _stars_first(trajectory: Trajectory, stars: int) -> Trajectory:
    """The trajectory in numpy arrays, vectors (..., 3, slots) as (..., N, 3), without the slots added."""
    arrays = jax.tree.map(np.asarray, trajectory)
    return arrays._replace(
        positions=np.ascontiguousarray(np.swapaxes(arrays.positions[..., :stars], -1, -2)),
        velocities=np.ascontiguousarray(np.swapaxes(arrays.velocities[..., :stars], -1, -2)),
        merged=of_first(stars, arrays.merged),
    )
