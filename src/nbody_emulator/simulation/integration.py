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

from nbody_emulator.simulation import tide
from nbody_emulator.simulation.arguments import axes_first, check_stars, check_times, settings_of
from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.system import State, System, energy_scale, field, with_empty_slots
from nbody_emulator.simulation.work import Work


class Trajectory(NamedTuple):
    """What `integrate` returns; numpy arrays, with a leading axis over runs if many were integrated.

    Attributes:
        positions: (T, N, 3) [pc].
        velocities: (T, N, 3) [pc/Myr], relative to axes that do not turn, along the turning axes.
        energies: Jacobi energies (T,) [Msun pc^2 Myr^-2].
        energy_error: the largest |dE| / (K0 + |W0|) whenever all stars were together, and at the last time;
            NaN once the state is not finite.
        step: mean length of a star's step [Myr].
        work: counts of the whole run.
    """

    positions: np.ndarray
    velocities: np.ndarray
    energies: np.ndarray
    energy_error: np.ndarray
    step: np.ndarray
    work: Work


class Run(NamedTuple):
    """A run that can be taken on: everything, in arrays.

    Attributes:
        system: what does not change, empty slots included.
        memory: the integrator's own.
        origin: the time [Myr] at which its clock stood at zero.
        start_energy: Jacobi energy at the start [Msun pc^2 Myr^-2].
        scale: K0 + |W0|, in the same unit.
        error: the largest |dE| / scale so far.
    """

    system: System
    memory: Any
    origin: Array
    start_energy: Array
    scale: Array
    error: Array


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
    angular_speed: float = 0.0,
    integrator: str = "leapfrog",
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
        angular_speed: of the circular orbit [1/Myr]; 0 is an isolated cluster.
        integrator: a name in `register.INTEGRATORS`.
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
        angular_speed=angular_speed,
        integrator=integrator,
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
    angular_speed: float = 0.0,
    integrator: str = "leapfrog",
    **settings: float,
) -> Checkpoint:
    """A run about to begin at `time` [Myr]; arguments as of `integrate`."""
    check_stars(masses, positions, velocities, softening)
    if not (np.isfinite(time) and np.isfinite(angular_speed)):
        raise ValueError(
            f"angular_speed must be finite, and so must the time, not {angular_speed} and {time}"
        )
    method = INTEGRATORS.load(integrator)()
    numbers = (masses, positions, velocities, softening, angular_speed)
    run = _start_one(method, *axes_first(*numbers), float(time), settings_of(integrator, method, settings))
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
    angular_speed: np.ndarray,
    integrator: str,
    abandon_above: float,
    **settings: np.ndarray,
) -> Trajectory:
    """Integrate W clusters: every argument of `integrate` with a leading axis, but the two above.

    In lockstep where the integrator allows it, for accelerators which one cluster does not fill: then bits may
    depend on W, not on neighbours.
    """
    method = INTEGRATORS.load(integrator)()
    each = [dict(zip(settings, row, strict=True)) for row in zip(*settings.values(), strict=True)]
    rows = [settings_of(integrator, method, row) for row in each]
    settings = jax.tree.map(lambda *numbers: np.stack(numbers), *rows)
    numbers = (masses, positions, velocities, softening, angular_speed)
    times = np.asarray(times, dtype=float)
    trajectory = _integrate_many(method, (*axes_first(*numbers), times[:, 0], settings), times, abandon_above)
    return _stars_first(trajectory, np.shape(masses)[1])


def _start(integrator, masses, positions, velocities, softening, angular_speed, time, settings) -> Run:
    """A run at its start, traced; vectors are rows, (3, N)."""
    system = System(masses, softening, angular_speed)
    state = State(positions, tide.to_turning_frame(positions, velocities, angular_speed))
    scale = energy_scale(system, state, field(system, positions))
    system, state = with_empty_slots(system, state, integrator.padding)
    memory = integrator.begin(system, state, **settings)
    return Run(system, memory, time, memory.energy, scale, jnp.abs(memory.energy / scale * 0.0))


def _follow(integrator, run: Run, times: Array, abandon_above: Array) -> tuple[Trajectory, Run]:
    """The run taken through `times`, traced."""

    def through(run: Run, time: Array) -> tuple[Run, tuple[State, Array]]:
        time = time - run.origin

        def is_unfinished(run: Run) -> Array:
            return (integrator.next_time(run.memory) <= time) & (run.error <= abandon_above)

        run = lax.while_loop(is_unfinished, partial(_advance, integrator), run)
        reached = jnp.where(run.error <= abandon_above, time, integrator.time(run.memory))
        return run, integrator.at(run.system, run.memory, reached)

    run, (states, energies) = lax.scan(through, run, times)
    to_fixed = jax.vmap(tide.to_fixed_frame, (0, 0, None))
    work, elapsed = run.memory.work, integrator.time(run.memory)
    stars = jnp.sum(run.system.masses > 0.0)
    return Trajectory(
        positions=states.positions,
        velocities=to_fixed(states.positions, states.velocities, run.system.angular_speed),
        energies=energies,
        energy_error=jnp.maximum(run.error, _change(run, energies[-1])),
        step=elapsed * stars / jnp.maximum(work.star_steps, 1),
        work=work,
    ), run


def _advance(integrator, run: Run) -> Run:
    memory = integrator.advance(run.system, run.memory)
    return run._replace(memory=memory, error=jnp.maximum(run.error, _change(run, memory.energy)))


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
    )
