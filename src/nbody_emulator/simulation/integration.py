"""Integration of clusters through given times, their Jacobi energy audited whenever all stars are together.

`start` begins a run and `follow` takes it on through more times, so that a run may be put aside and taken up
again; `integrate` is both. Compiled once for a number of stars, of times and an integrator: all else is data.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass, replace
from functools import partial

import jax
import numpy as np

from nbody_emulator.simulation import arguments
from nbody_emulator.simulation import run as running
from nbody_emulator.simulation.compiled import compiled
from nbody_emulator.simulation.initial_conditions import InitialConditions
from nbody_emulator.simulation.mergers import Mergers, of_first
from nbody_emulator.simulation.padding import padded
from nbody_emulator.simulation.run import Run, Trajectory
from nbody_emulator.simulation.tide import ISOLATED, Tide

MOST_STEPS = 10**8
"""A run that takes more is stuck: the default experiment's take some thousands."""


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
    most_steps: int = MOST_STEPS,
    **settings: float,
) -> Trajectory:
    """Integrate one cluster.

    Args:
        masses: (N,) [Msun]; a star without mass is an empty slot: it feels and pulls nobody, and is put far
            aside, along the orbit, wherever it was.
        positions: (N, 3) [pc] at times[0]; with a tide x points away from the galaxy, y along the orbit.
        velocities: (N, 3) [pc/Myr] at times[0], in the inertial frame.
        times: (T,) [Myr], ascending, T >= 2; the state is returned at each. They do not alter the steps.
        softening: Plummer softening length [pc].
        tide: of the galaxy on the circular orbit; none by default.
        integrator: a name in `register.INTEGRATORS`.
        mergers: radii within which two bodies become one; by default they never do.
        abandon_above: stop once the energy error exceeds this; later states repeat the one reached.
        most_steps: stop after so many steps likewise, of which `finished` tells.
        settings: the integrator's own, see its `settings`: `step` [Myr] of the leapfrog; `accuracy`,
            `longest_step` and `step_floor` [Myr] of the Hermite schemes.

    Raises:
        TypeError: an argument is of another kind, such as words for numbers.
        ValueError: shapes do not agree, numbers are not finite, times do not ascend, or a setting is wrong.
    """
    times = arguments.times_of_run(times)
    patience = arguments.patience_of(abandon_above, most_steps)
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
        **settings,
    )
    return follow(begun, times, **patience._asdict())[0]


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
    method = arguments.integrator_of(integrator)
    given = arguments.settings_of(integrator, method, settings)
    stars, tide = arguments.stars_of(masses, positions, velocities), arguments.tide_of(tide)
    softening, mergers = arguments.softening_of(softening, stars), arguments.mergers_of(mergers)
    numbers = arguments.axes_first(*padded(stars, tide, method.padding), softening, tide)
    run = _start_one(method, *numbers, arguments.time_of(time), given, mergers)
    arguments.check_energy(float(run.scale))
    return Checkpoint(integrator, len(stars.masses), jax.tree.map(np.asarray, run))


def follow(
    checkpoint: Checkpoint, times: np.ndarray, *, abandon_above: float = np.inf, most_steps: int = MOST_STEPS
) -> tuple[Trajectory, Checkpoint]:
    """Advance a run through `times` [Myr]: the states there, and a checkpoint at the last of them.

    A run followed in parts equals, bit for bit, the run followed at once.
    """
    if not isinstance(checkpoint, Checkpoint):
        raise TypeError(f"checkpoint must be what `start` or `follow` gave, not {type(checkpoint).__name__}")
    times, patience = arguments.times_of(times), arguments.patience_of(abandon_above, most_steps)
    method = arguments.integrator_of(checkpoint.integrator)
    reached = checkpoint.run.origin + method.time(checkpoint.run.memory)
    if times[0] < reached:
        raise ValueError(f"times must not be before {reached} Myr, which the run has reached")
    trajectory, run = _follow_one(method, checkpoint.run, times, patience)
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
    most_steps: int = MOST_STEPS,
    **settings: np.ndarray,
) -> Trajectory:
    """Integrate W clusters: every argument of `integrate` with a leading axis, but the integrator and the two limits.

    In lockstep where the integrator allows it, for accelerators which one cluster does not fill: then bits may
    depend on W, not on neighbours. A cluster whose numbers are not finite gives NaN, and spoils no other.
    """
    method = arguments.integrator_of(integrator)
    stars = arguments.star_arrays(masses, positions, velocities, ("W", "N"))
    runs, slots = stars.masses.shape
    rows = arguments.settings_of_many(integrator, method, settings, runs)
    times = arguments.times_of_run(times, (runs, "T"))
    patience = arguments.patience_of(abandon_above, most_steps)
    softening = arguments.real_numbers("softening", softening, (runs,))
    tide, mergers = arguments.tide_of(tide, (runs,)), arguments.mergers_of(mergers, (runs,))
    each = zip(zip(*stars, strict=True), zip(*tide, strict=True), strict=True)
    each = [padded(InitialConditions(*run), Tide(*around), method.padding) for run, around in each]
    stars, settings = (jax.tree.map(lambda *rows: np.stack(rows), *several) for several in (each, rows))
    begin = (*arguments.axes_first(*stars, softening, tide), times[:, 0], settings, mergers)
    return _stars_first(_integrate_many(method, begin, times, patience), slots)


_start_one = compiled(running.begin, static_argnums=0)
_follow_one = compiled(running.follow, static_argnums=0)


@partial(compiled, static_argnums=0)
def _integrate_many(integrator, begin, times, patience) -> Trajectory:
    def one(given):
        begin, times = given
        return running.follow(integrator, running.begin(integrator, *begin), times, patience)[0]

    return integrator.over_runs(one)((begin, times))


def _stars_first(trajectory: Trajectory, stars: int) -> Trajectory:
    """The trajectory in numpy arrays, vectors (..., 3, slots) as (..., N, 3), without the slots added."""
    arrays = jax.tree.map(np.asarray, trajectory)
    return arrays._replace(
        positions=np.ascontiguousarray(np.swapaxes(arrays.positions[..., :stars], -1, -2)),
        velocities=np.ascontiguousarray(np.swapaxes(arrays.velocities[..., :stars], -1, -2)),
        merged=of_first(stars, arrays.merged),
    )
