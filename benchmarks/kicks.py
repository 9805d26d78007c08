"""The package's sums over pairs inside a compiled loop of kicks and drifts, so that none can be left out."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from collections.abc import Callable

from jax import Array, lax
from stopwatch import SOFTENING

from nbody_emulator.simulation import gravity, jerk

STEP = 1e-4  # Myr

Kick = Callable[[Array, Array, Array, float], Array]
"""The mean acceleration (3, N) over a step, of masses (N,), positions (3, N), velocities (3, N) and the step [Myr]."""


def by_acceleration(masses: Array, positions: Array, velocities: Array, step: float) -> Array:
    return gravity.evaluate(masses, positions, SOFTENING).accelerations


def by_acceleration_and_jerk(masses: Array, positions: Array, velocities: Array, step: float) -> Array:
    """The sum, with `step` as the weight of the jerk; the stars fill whole tiles."""
    pull = jerk.on_tiles(masses.size, jerk.sources(masses, positions, velocities), SOFTENING)
    return pull.accelerations + step * pull.jerks


KICKS = {"acceleration": by_acceleration, "acceleration + jerk": by_acceleration_and_jerk}


def moved(
    kick: Kick, steps: int, masses: Array, positions: Array, velocities: Array, step: float = STEP
) -> tuple[Array, Array]:
    """Positions and velocities after `steps` kicks and drifts, each with one sum."""

    def one_step(_, carry):
        places, speeds = carry
        speeds = speeds + step * kick(masses, places, speeds, step)
        return places + step * speeds, speeds

    return lax.fori_loop(0, steps, one_step, (positions, velocities))
