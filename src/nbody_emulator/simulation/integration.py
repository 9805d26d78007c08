"""Integration of clusters through given times, their Jacobi energy audited whenever all stars are together.

`start` begins a run and `follow` takes it on through more times, so that a run may be put aside and taken up
again; `integrate` is both. Compiled once for a number of stars, of times and an integrator: all else is data.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from dataclasses import dataclass, replace
from functools import partial

import jax
import numpy as np

from nbody_emulator.simulation import run as running
from nbody_emulator.simulation.arguments import axes_first, check_stars, check_times, settings_of
from nbody_emulator.simulation.compiled import compiled
from nbody_emulator.simulation.initial_conditions import InitialConditions
from nbody_emulator.simulation.mergers import Mergers, checked, of_first
from nbody_emulator.simulation.padding import padded
from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.run import Run, Trajectory
from nbody_emulator.simulation.tide import ISOLATED, Tide


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


_start_one = compiled(running.begin, static_argnums=0)
_follow_one = compiled(running.follow, static_argnums=0)


@partial(compiled, static_argnums=0)
def _integrate_many(integrator, begin, times, abandon_above) -> Trajectory:
    def one(arguments):
        begin, times = arguments
        return running.follow(integrator, running.begin(integrator, *begin), times, abandon_above)[0]

    return integrator.over_runs(one)((begin, times))


def _stars_first(trajectory: Trajectory, stars: int) -> Trajectory:
    """The trajectory in numpy arrays, vectors (..., 3, slots) as (..., N, 3), without the slots added."""
    arrays = jax.tree.map(np.asarray, trajectory)
    return arrays._replace(
        positions=np.ascontiguousarray(np.swapaxes(arrays.positions[..., :stars], -1, -2)),
        velocities=np.ascontiguousarray(np.swapaxes(arrays.velocities[..., :stars], -1, -2)),
        merged=of_first(stars, arrays.merged),
    )
