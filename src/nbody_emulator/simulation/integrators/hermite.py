"""The equations of the fourth-order Hermite scheme, for steps shared or individual.

Sources: Makino & Aarseth (1992), PASJ 44, 141 (scheme); Aarseth (2003), Gravitational N-Body Simulations,
eq. 2.13 (length of a step); Hut, Makino & McMillan (1995), ApJ 443, L93 (corrector, symmetric in time).
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import math
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax

from nbody_emulator.settings.integration import CLOCK
from nbody_emulator.simulation import energy as energies
from nbody_emulator.simulation import gravity, jerk
from nbody_emulator.simulation.energy import Energy
from nbody_emulator.simulation.higher_derivatives import snap_and_crackle
from nbody_emulator.simulation.jerk import AccelerationAndJerk
from nbody_emulator.simulation.shapes import (
    Accelerations,
    Chosen,
    Jerks,
    Masses,
    Number,
    NumberLike,
    PerStar,
    Positions,
    Times,
    Vectors,
    Velocities,
)
from nbody_emulator.simulation.system import Outside, State, System, outside

_EXPONENT = 0x7FF0000000000000
"""The bits of a float64 that hold its exponent."""


ORBIT_SHARE = 0.3
"""The longest step in a tide is this times sqrt(accuracy) over the angular speed; see `within_orbit`."""


TIMES_AROUND = 3
"""How often the galaxy's pull and Coriolis' force are found in a step."""


NOISE = 2.0**-30
"""Where stars and galaxy balance, an acceleration counts as at least this share of them. It would be rounding
else, and so would the snap, ever larger as the step it asks for becomes shorter."""


Step = Number | Times
"""[Myr], one for all stars, or one for each."""


class Limits(NamedTuple):
    """How steps are chosen: Aarseth's eta, and the longest and the shortest step [Myr], powers of two."""

    accuracy: NumberLike
    longest_step: NumberLike
    step_floor: NumberLike


class Motion(NamedTuple):
    """Positions, velocities, accelerations and jerks, (3, N) each, in pc and Myr, in the rotating frame."""

    positions: Positions
    velocities: Velocities
    accelerations: Accelerations
    jerks: Jerks


def predict(motion: Motion, interval: Step) -> State:
    """The state after `interval` [Myr], a number or (N,), by Taylor's series."""
    x, v, a, j = motion
    h = interval
    return State(x + h * (v + h * (a / 2.0 + h * (j / 6.0))), v + h * (a + h * (j / 2.0)))


def mean_velocities(motion: Motion, interval: Step) -> Velocities:
    """Mean velocities (3, N) over `interval` [Myr], a number or (N,), by the same series."""
    return motion.velocities + interval * (motion.accelerations / 2.0 + interval * (motion.jerks / 6.0))


def correct(
    around: Outside, motion: Motion, ahead: State, interval: Step, pull: AccelerationAndJerk
) -> Motion:
    """The motion after `interval` by the corrector, for the pull of the stars at the predicted state `ahead`.

    The galaxy's pull and Coriolis' force cost nothing, so they are found again at the corrected state: from the
    predicted velocity, of third order, Coriolis' force would leave a scheme of third order. Found a third time,
    the epicycle of a free star errs less by another factor of a hundred.
    """
    corrected = _correct(motion, driven(around, ahead, pull), interval)
    for _ in range(TIMES_AROUND - 1):
        corrected = _correct(motion, driven(around, State(*corrected[:2]), pull), interval)
    return corrected


def driven(around: Outside, state: State, pull: AccelerationAndJerk) -> Motion:
    """A state with all that drives it: stars, galaxy and the rotating frame."""
    accelerations = pull.accelerations + around.accelerations(*state)
    jerks = pull.jerks + around.accelerations(state.velocities, accelerations)
    return Motion(*state, accelerations, jerks)


def _correct(motion: Motion, ahead: Motion, h: Step) -> Motion:
    x0, v0, a0, j0 = motion
    _, _, a1, j1 = ahead
    v1 = v0 + h * ((a0 + a1) / 2.0 + h * ((j0 - j1) / 12.0))
    x1 = x0 + h * ((v0 + v1) / 2.0 + h * ((a0 - a1) / 12.0))
    return Motion(x1, v1, a1, j1)


def energy(system: System, masses: Masses, motion: Motion) -> Energy:
    """The Jacobi energy of stars in any order, which have these masses (N,)."""
    own = gravity.potential_energy(masses, motion.positions, system.softening)
    return energies.energy(masses, motion.positions, motion.velocities, own, system.tide)


def wanted_step(around: Outside, motion: Motion, ahead: Motion, h: Step, accuracy: NumberLike) -> Times:
    """Aarseth's step (N,) [Myr] after a step h (N,), from the derivatives that the corrector implies."""
    _, _, a0, j0 = motion
    x1, v1, a1, j1 = ahead
    crackle = (12.0 * (a0 - a1) + 6.0 * h * (j0 + j1)) / h**3
    snap = (6.0 * (a0 - a1) + 2.0 * h * (j0 + 2.0 * j1)) / h**2
    return aarseth_step(_size(a1) + NOISE * _size(around.accelerations(x1, v1)), j1, snap, crackle, accuracy)


def aarseth_step(
    acceleration: PerStar, jerk: Jerks, snap: Vectors, crackle: Vectors, accuracy: NumberLike
) -> Times:
    """sqrt(accuracy (|a| |s| + |j|^2) / (|j| |c| + |s|^2)) [Myr]; without end where nothing changes.

    The acceleration is given by its size (N,), the others by their vectors (3, N).
    """
    j, s, c = _size(jerk), _size(snap), _size(crackle)
    change = j * c + s**2
    safe = jnp.where(change == 0.0, 1.0, change)
    return jnp.where(change == 0.0, jnp.inf, jnp.sqrt(accuracy * (acceleration * s + j**2) / safe))


def _size(vectors: Vectors) -> PerStar:
    return jnp.sqrt(jnp.sum(vectors**2, axis=0))


def next_step(wanted: Step, step: Step, now: Number, limits: Limits) -> Step:
    """The power of two after `step`, which ended `now`: shorter at any time, longer only where its clock allows."""
    allowed = power_of_two_below(jnp.clip(wanted, limits.step_floor, limits.longest_step))
    halves = now / (2.0 * step)
    longer = jnp.where((allowed > step) & (halves == jnp.floor(halves)), 2.0 * step, step)
    return jnp.where(allowed < step, allowed, longer)


def power_of_two_below(number: Step) -> Step:
    """The largest power of two not above a positive number: its bits without the mantissa."""
    bits = lax.bitcast_convert_type(number, jnp.int64) & _EXPONENT
    return lax.bitcast_convert_type(bits, jnp.float64)


def first_motion(system: System, state: State, accuracy: NumberLike) -> tuple[Motion, Times]:
    """The motion at the start and the steps (N,) [Myr] it asks for; empty slots rest, and ask for none."""
    around = outside(system)
    pulling = jerk.sources(system.masses, *state)
    motion = driven(around, state, jerk.on_tiles(system.masses.size, pulling, system.softening))
    snap, crackle = snap_and_crackle(system.masses, jnp.concatenate(motion), system.softening)
    snap = snap + around.accelerations(motion.accelerations, motion.jerks)
    crackle = crackle + around.accelerations(motion.jerks, snap)
    steps = aarseth_step(_size(motion.accelerations), motion.jerks, snap, crackle, accuracy)
    rest = (jnp.where(system.present, vectors, 0.0) for vectors in motion[1:])
    return Motion(state.positions, *rest), jnp.where(system.present, steps, jnp.inf)


def masked(chosen: Chosen, motion: Motion, other: Motion) -> Motion:
    """`motion` for the chosen stars (N,), `other` for the rest."""
    return Motion(*(jnp.where(chosen, new, old) for new, old in zip(motion, other, strict=True)))


def within_orbit(limits: Limits, angular_speed: NumberLike) -> Limits:
    """The limits, with no step longer than a small share of the cluster's orbit about the galaxy.

    Stars that have left a cluster follow the orbit for kiloparsecs, with energies far above its own, where
    Aarseth's criterion, which asks for errors that are small beside a star's own acceleration, is too lenient.
    """
    allowed = power_of_two_below(ORBIT_SHARE * jnp.sqrt(limits.accuracy) / jnp.abs(angular_speed))
    longest = jnp.minimum(limits.longest_step, allowed)
    return limits._replace(longest_step=longest, step_floor=jnp.minimum(limits.step_floor, longest))


def first_step(wanted: Step, limits: Limits) -> Step:
    """The power of two to begin with; the shortest where nothing can be told, so that it shows at once."""
    wanted = jnp.where(jnp.isnan(wanted), limits.step_floor, wanted)
    return power_of_two_below(jnp.clip(wanted, limits.step_floor, limits.longest_step))


def limits(accuracy: float, longest_step: float, step_floor: float) -> Limits:
    """Limits from a configuration's numbers, steps rounded down to powers of two.

    A `step_floor` of zero means 2^-24 of the longest step: a run that needs less is not worth its time.
    """
    for name, value in (("accuracy", accuracy), ("longest_step", longest_step)):
        if not (value > 0.0 and math.isfinite(value)):
            raise ValueError(f"{name} must be positive and finite, not {value}")
    if not 0.0 <= step_floor <= longest_step:
        raise ValueError(f"step_floor must be between 0 and longest_step {longest_step}, not {step_floor}")
    longest, shortest = (math.ldexp(0.5, math.frexp(step)[1]) for step in (longest_step, step_floor))
    if step_floor and shortest < longest * CLOCK:
        raise ValueError(
            f"step_floor {step_floor} is below 2^-40 of longest_step {longest_step}, where the clock would round; "
            f"give at least {longest * CLOCK:.3g}, or 0 for 2^-24 of the longest"
        )
    return Limits(accuracy, longest, shortest if step_floor else longest * 2.0**-24)
