"""A run as a function that JAX differentiates: a fixed number of equal steps, from stars to stars.

Gradients are exact for the steps taken. In a cluster they grow as fast as neighbouring trajectories part, so
that beyond a few crossing times they are right and of no use.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.core import Tracer
from jaxtyping import Float

from nbody_emulator import alignment, arrays
from nbody_emulator.simulation import arguments, jerk, values
from nbody_emulator.simulation.integrators import hermite
from nbody_emulator.simulation.integrators.hermite import Motion
from nbody_emulator.simulation.integrators.leapfrog import kick_drift_kick
from nbody_emulator.simulation.jerk import AccelerationAndJerk
from nbody_emulator.simulation.shapes import Held, Masses, Number, NumberLike
from nbody_emulator.simulation.system import Field, State, System, field, outside
from nbody_emulator.simulation.tide import ISOLATED, Tide, free_flow, to_inertial_frame, to_rotating_frame

Columns = Float[Array, "stars 3"]
"""Positions or velocities as people have them."""

Method = Callable[[System, State, Number, int], State]
"""The state after so many steps of one length [Myr]."""


def leapfrog(system: System, state: State, length: Number, steps: int) -> State:
    """Kick, drift, kick; its memory in reverse is one state a step."""
    flow = free_flow(length, system.tide.angular_speed)

    def one_step(carry: tuple[State, Field], _: None) -> tuple[tuple[State, Field], None]:
        return kick_drift_kick(system, *carry, length, flow), None

    (state, _), _ = lax.scan(jax.checkpoint(one_step), (state, field(system, state.positions)), length=steps)
    return state


def hermite4(system: System, state: State, length: Number, steps: int) -> State:
    """Predict, evaluate, correct: the shared step of `integrators.hermite4`, of equal lengths."""
    around = outside(system)

    def pull(there: State) -> AccelerationAndJerk:
        pulling = jerk.sources(system.masses, *there)
        return jerk.on_first(
            system.masses.size, pulling, system.softening, origin=jnp.argmax(system.masses > 0.0)
        )

    def one_step(motion: Motion, _: None) -> tuple[Motion, None]:
        ahead = hermite.predict(motion, length)
        return hermite.correct(around, motion, ahead, length, pull(ahead)), None

    begun = hermite.driven(around, state, pull(state))
    motion, _ = lax.scan(jax.checkpoint(one_step), begun, length=steps)
    return State(motion.positions, motion.velocities)


def evolve(
    masses: Masses,
    positions: Columns,
    velocities: Columns,
    duration: NumberLike,
    *,
    steps: int,
    softening: NumberLike,
    tide: Tide = ISOLATED,
    method: Method = leapfrog,
) -> tuple[Columns, Columns]:
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


def _numbers(name: str, given: Any, shape: arguments.Shape) -> Array:
    """Float64 numbers of this shape; of those that are traced, shapes can be told and values cannot."""
    bare = arrays.without_unit(name, given, arguments.unit_of(name))
    if isinstance(bare, Array) and bare.dtype.kind in "iuf":
        arguments.check_shape(name, bare, shape)
        return bare.astype(float)
    return jnp.asarray(arguments.real_numbers(name, bare, shape))


def _check_values(
    masses: Masses,
    positions: Columns,
    velocities: Columns,
    duration: Number,
    softening: Number,
    radial: NumberLike,
) -> None:
    """Refuse what `integrate` would, of what is not traced."""
    checks: dict[Callable[[np.ndarray], None], list[Held | float]] = {
        values.check_signs: [masses],
        values.check_softening: [softening],
        values.check_radial: [radial],
        _check_finite: [masses, positions, velocities, duration, softening],
    }
    for check, numbers in checks.items():
        for each in numbers:
            if not isinstance(each, Tracer):
                check(np.asarray(each))


def _check_finite(numbers: np.ndarray) -> None:
    if not np.all(np.isfinite(numbers)):
        raise ValueError("masses, positions, velocities, duration and softening must be finite")


def _tide(tide: Tide) -> Tide:
    arguments.check_tide(tide)
    return Tide(*(_numbers(f"tide.{name}", value, ()) for name, value in tide._asdict().items()))


def _check(method: Method) -> None:
    if not callable(method):
        raise TypeError(f"method must be a function such as `leapfrog`, not {method!r}")
