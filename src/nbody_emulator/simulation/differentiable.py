"""A run as a function that JAX differentiates: a fixed number of equal steps, from stars to stars.

Gradients are exact for the steps taken. In a cluster they grow as fast as neighbouring trajectories part, so
that beyond a few crossing times they are right and of no use.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.core import Tracer

from nbody_emulator import alignment, arrays
from nbody_emulator.simulation import arguments, jerk, values
from nbody_emulator.simulation.integrators import hermite
from nbody_emulator.simulation.integrators.leapfrog import kick_drift_kick
from nbody_emulator.simulation.jerk import AccelerationAndJerk
from nbody_emulator.simulation.system import State, System, field, outside
from nbody_emulator.simulation.tide import ISOLATED, Tide, free_flow, to_inertial_frame, to_rotating_frame


def leapfrog(system: System, state: State, length: Array, steps: int) -> State:
    """Kick, drift, kick; its memory in reverse is one state a step."""
    flow = free_flow(length, system.tide.angular_speed)

    def one_step(carry, _):
        return kick_drift_kick(system, *carry, length, flow), None

    (state, _), _ = lax.scan(jax.checkpoint(one_step), (state, field(system, state.positions)), length=steps)
    return state


def hermite4(system: System, state: State, length: Array, steps: int) -> State:
    """Predict, evaluate, correct: the shared step of `integrators.hermite4`, of equal lengths."""
    around = outside(system)

    def pull(there: State) -> AccelerationAndJerk:
        pulling = jerk.sources(system.masses, *there)
        return jerk.on_first(
            system.masses.size, pulling, system.softening, origin=jnp.argmax(system.masses > 0.0)
        )

    def one_step(motion, _):
        ahead = hermite.predict(motion, length)
        return hermite.correct(around, motion, ahead, length, pull(ahead)), None

    begun = hermite.driven(around, state, pull(state))
    motion, _ = lax.scan(jax.checkpoint(one_step), begun, length=steps)
    return State(motion.positions, motion.velocities)


def evolve(
    masses: Array,
    positions: Array,
    velocities: Array,
    duration: Array,
    *,
    steps: int,
    softening: Array,
    tide: Tide = ISOLATED,
    method: Callable[[System, State, Array, int], State] = leapfrog,
) -> tuple[Array, Array]:
    """Positions (N, 3) [pc] and velocities (N, 3) [pc/Myr] after `duration` [Myr].

    Args:
        masses: (N,) [Msun]; a star without mass is a tracer, pulled and pulling nobody.
        positions: (N, 3) [pc].
        velocities: (N, 3) [pc/Myr], in the inertial frame.
        duration: [Myr].
        steps: equal steps to take, known when the function is traced.
        softening: Plummer softening length [pc].
        tide: of the galaxy on the circular orbit; none by default.
        method: `leapfrog` or `hermite4` of this module.

    With softening, gradients are finite also where stars coincide; without, no two may, tracers included.
    """
    _check(method)
    steps = arguments.positive_count("steps", steps)
    alignment.check_rows({"masses": masses, "positions": positions, "velocities": velocities})
    for name, vectors in (("positions", positions), ("velocities", velocities)):
        alignment.check_components(name, vectors)
    masses = _numbers("masses", masses, ("N",))
    positions = _numbers("positions", positions, (masses.size, 3))
    velocities = _numbers("velocities", velocities, (masses.size, 3))
    duration, softening = _numbers("duration", duration, ()), _numbers("softening", softening, ())
    tide = _tide(tide)
    _check_values(masses, positions, velocities, duration, softening, tide.radial)
    rotating = to_rotating_frame(positions.T, velocities.T, tide.angular_speed)
    system = System(masses, softening, tide, jnp.ones_like(masses, bool))
    start = State(positions.T, rotating)
    end = method(system, start, duration / steps, steps)
    return end.positions.T, to_inertial_frame(end.positions, end.velocities, tide.angular_speed).T


def _numbers(name: str, given, shape: arguments.Shape) -> Array:
    """Float64 numbers of this shape; of those that are traced, shapes can be told and values cannot."""
    bare = arrays.without_unit(name, given, arguments.unit_of(name))
    if isinstance(bare, Array) and bare.dtype.kind in "iuf":
        arguments.check_shape(name, bare, shape)
        return bare.astype(float)
    return jnp.asarray(arguments.real_numbers(name, bare, shape))


def _check_values(masses, positions, velocities, duration, softening, radial) -> None:
    """Refuse what `integrate` would, of what is not traced."""
    checks = {
        values.check_signs: [masses],
        values.check_softening: [softening],
        values.check_radial: [radial],
        _check_finite: [masses, positions, velocities, duration, softening],
    }
    for check, numbers in checks.items():
        for each in numbers:
            if not isinstance(each, Tracer):
                check(np.asarray(each))


def _check_finite(numbers) -> None:
    if not np.all(np.isfinite(numbers)):
        raise ValueError("masses, positions, velocities, duration and softening must be finite")


def _tide(tide: Tide) -> Tide:
    arguments.check_tide(tide)
    return Tide(*(_numbers(f"tide.{name}", value, ()) for name, value in tide._asdict().items()))


def _check(method: Callable) -> None:
    if not callable(method):
        raise TypeError(f"method must be a function such as `leapfrog`, not {method!r}")
