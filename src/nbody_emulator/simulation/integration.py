"""Integration of one cluster through given times, its Jacobi energy audited at every step.

Compiled once for a number of stars, a number of times and an integrator: steps, masses and all else are data.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.system import State, System, energy_scale, jacobi_energy
from nbody_emulator.simulation.tide import ISOLATED, Tide, to_fixed_frame, to_turning_frame

STEPS_A_PART = 16
"""Steps between two looks at whether a run is to be abandoned."""


class Trajectory(NamedTuple):
    """What `integrate` returns; numpy arrays, with a leading axis over runs if many were integrated.

    Attributes:
        positions: (T, N, 3) [pc].
        velocities: (T, N, 3) [pc/Myr], relative to axes that do not turn, along the turning axes.
        energies: Jacobi energies (T,) [Msun pc^2 Myr^-2].
        energy_error: the largest |dE| / (K0 + |W0|) of all steps; NaN once the state is not finite.
        steps: steps taken.
        step: mean length of a step [Myr].
    """

    positions: np.ndarray
    velocities: np.ndarray
    energies: np.ndarray
    energy_error: np.ndarray
    steps: np.ndarray
    step: np.ndarray


class _Run(NamedTuple):
    """The state threaded through the loops."""

    state: State
    memory: Array
    error: Array
    steps: Array
    elapsed: Array


def integrate(
    masses: np.ndarray,
    positions: np.ndarray,
    velocities: np.ndarray,
    times: np.ndarray,
    *,
    softening: float,
    step: float,
    tide: Tide = ISOLATED,
    integrator: str = "leapfrog",
    abandon_above: float = np.inf,
) -> Trajectory:
    """Integrate one cluster.

    Args:
        masses: (N,) [Msun].
        positions: (N, 3) [pc] at times[0]; with a tide x points away from the galaxy, y along the orbit.
        velocities: (N, 3) [pc/Myr] at times[0], relative to axes that do not turn.
        times: (T,) [Myr], ascending, T >= 2; the state is returned at each.
        softening: Plummer softening length [pc].
        step: longest step allowed [Myr]; shortened so that a whole number of steps meets every time.
        tide: of the galaxy on the circular orbit; none by default.
        integrator: a name in `register.INTEGRATORS`.
        abandon_above: stop soon after the energy error exceeds this; later states repeat the one reached.

    Raises:
        ValueError: shapes do not agree, times do not ascend, or the step is not positive.
    """
    _check(masses, positions, velocities, times, step)
    numbers = (masses, positions, velocities, times, softening, tide, step, abandon_above)
    return _stars_first(_integrate_one(INTEGRATORS.load(integrator)(), *_axes_first(*numbers)))


def integrate_many(
    masses: np.ndarray,
    positions: np.ndarray,
    velocities: np.ndarray,
    times: np.ndarray,
    *,
    softening: np.ndarray,
    step: np.ndarray,
    tide: Tide,
    integrator: str,
    abandon_above: float,
) -> Trajectory:
    """Integrate W clusters in lockstep: every argument of `integrate` with a leading axis, but the last two.

    For accelerators, where one cluster does not fill the machine. Bits may depend on W, not on neighbours.
    """
    limits = np.full(len(masses), abandon_above)
    numbers = (masses, positions, velocities, times, softening, tide, step, limits)
    return _stars_first(_integrate_many(INTEGRATORS.load(integrator)(), *_axes_first(*numbers)))


def _integrate(
    integrator, masses, positions, velocities, times, softening, tide, step, abandon_above
) -> Trajectory:
    """One cluster, traced: see `integrate`, but vectors are rows, (3, N), on the way in and out."""
    system = System(masses, softening, tide)
    start = State(positions, to_turning_frame(positions, velocities, tide.angular_speed))
    memory, nothing = integrator.begin(system, start), jnp.zeros(())
    start_energy = jacobi_energy(system, start.velocities, memory.field)
    scale = energy_scale(system, start, memory.field)

    def through(run: _Run, interval: Array) -> tuple[_Run, tuple[State, Array]]:
        """Advance by one interval between times, in parts after which a run may be abandoned."""
        parts = jnp.maximum(jnp.ceil(interval / (STEPS_A_PART * step) * (1.0 - 1e-12)), 1.0)

        def one_part(loop):
            part, run = loop
            state, memory, account = integrator.advance(system, run.state, run.memory, interval / parts, step)
            error = jnp.maximum(run.error, account.largest_change(start_energy) / scale)
            return part + 1, _Run(
                state, memory, error, run.steps + account.steps, run.elapsed + interval / parts
            )

        def is_unfinished(loop):
            part, run = loop
            return (part < parts) & (run.error <= abandon_above)

        _, run = lax.while_loop(is_unfinished, one_part, (0, run))
        return run, (run.state, jacobi_energy(system, run.state.velocities, run.memory.field))

    begun = _Run(start, memory, error=nothing, steps=jnp.zeros((), dtype=int), elapsed=nothing)
    run, (states, energies) = lax.scan(through, begun, jnp.diff(times))
    return _collect(system, start, states, jnp.append(start_energy, energies), run)


def _collect(system, start, states, energies, run) -> Trajectory:
    """States at all times, the first included, velocities relative to axes that do not turn."""
    positions = jnp.concatenate([start.positions[None], states.positions])
    velocities = jnp.concatenate([start.velocities[None], states.velocities])
    velocities = jax.vmap(to_fixed_frame, (0, 0, None))(positions, velocities, system.tide.angular_speed)
    return Trajectory(
        positions=positions,
        velocities=velocities,
        energies=energies,
        energy_error=run.error,
        steps=run.steps,
        step=run.elapsed / run.steps,
    )


_integrate_one = jax.jit(_integrate, static_argnums=0)


@partial(jax.jit, static_argnums=0)
def _integrate_many(integrator, *arguments):
    return jax.vmap(partial(_integrate, integrator))(*arguments)


def _axes_first(masses, positions, velocities, times, softening, tide, *limits) -> list:
    """Arguments as float64 arrays, vectors (..., N, 3) as rows (..., 3, N).

    Turned here, so that the compiled function sees rows that lie together in memory.
    """
    turned = [np.ascontiguousarray(np.swapaxes(vectors, -1, -2)) for vectors in (positions, velocities)]
    before, after = (masses, *turned, times, softening), limits
    return [*map(_numbers, before), Tide(*map(_numbers, tide)), *map(_numbers, after)]


def _numbers(argument) -> np.ndarray:
    return np.asarray(argument, dtype=float)


def _stars_first(trajectory: Trajectory) -> Trajectory:
    """The trajectory in numpy arrays, vectors (..., 3, N) as (..., N, 3)."""
    arrays = Trajectory(*(np.asarray(field) for field in trajectory))
    return arrays._replace(
        positions=np.ascontiguousarray(np.swapaxes(arrays.positions, -1, -2)),
        velocities=np.ascontiguousarray(np.swapaxes(arrays.velocities, -1, -2)),
    )


def _check(masses, positions, velocities, times, step) -> None:
    stars = np.shape(masses)[0]
    if np.shape(positions) != (stars, 3) or np.shape(velocities) != (stars, 3):
        raise ValueError(
            f"positions {np.shape(positions)} and velocities {np.shape(velocities)} must be ({stars}, 3)"
        )
    if np.ndim(times) != 1 or np.size(times) < 2 or not np.all(np.diff(times) > 0):
        raise ValueError("times must be one ascending row of at least two")
    if not step > 0:
        raise ValueError(f"step must be positive, not {step}")
