"""How far gradients are of use: |d outcome / d position| by differentiating a run, against its duration.

The outcome is the mean distance of the stars from the centre, in scale radii; the norm is over the positions of all
stars at the start. Leapfrog with equal steps through `evolve`, softening 0.05 scale radii, Kroupa masses. Beside it
the central difference along the gradient's own direction, at the best of several widths: where it stops agreeing,
no other program could check the gradient, nor a search follow it. About two minutes.

    python benchmarks/gradient_growth.py [seeds ...]
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from stopwatch import SOFTENING, keep_to_one_core, publish

from nbody_emulator.simulation.differentiable import evolve
from nbody_emulator.simulation.initial_conditions import InitialConditions, draw
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

STARS = 64
SEEDS = (1, 2, 3, 4)
CROSSING_TIMES = (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8)
STEPS_A_CROSSING_TIME = 2048
"""Enough for the orbit of a heavy pair within the softening; with 256 the growth is largely the scheme's own."""
WIDTHS = 10.0 ** np.arange(-12.0, -3.0, 1.5)
"""Of the central differences, in scale radii, all stars together."""
AGREES = 1e-3
USELESS = 1e3


def cluster(seed: int) -> InitialConditions:
    settings = {
        "stars": STARS,
        "profile": "plummer",
        "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
    }
    generator = np.random.default_rng(seed)
    return draw(settings, scale_radius=1.0, virial_ratio=1.0, softening=SOFTENING, generator=generator)


@partial(jax.jit, static_argnums=4)
def outcome(positions, masses, velocities, duration, steps):
    """Mean distance from the centre of mass, which does not move, in scale radii of 1 pc."""
    reached, _ = evolve(masses, positions, velocities, duration, steps=steps, softening=SOFTENING)
    return jnp.mean(jnp.sqrt(jnp.sum(reached**2, axis=1) + SOFTENING**2))


gradient = jax.jit(jax.grad(outcome), static_argnums=4)


def measure(seed: int, crossing_times: float) -> dict[str, object]:
    """Norm of the gradient after a duration, and its disagreement with differences."""
    masses, positions, velocities = cluster(seed)
    unit = np.sqrt((16.0 / (3.0 * np.pi)) ** 3 / (GRAVITATIONAL_CONSTANT * np.sum(masses)))
    duration = crossing_times * 2.0 * np.sqrt(2.0) * unit
    rest = masses, velocities, duration, int(crossing_times * STEPS_A_CROSSING_TIME)
    slope = np.asarray(gradient(positions, *rest))
    norm = float(np.linalg.norm(slope))
    differences = [_central(positions, width * slope / norm, rest) / (2.0 * width) for width in WIDTHS]
    return {
        "seed": seed,
        "crossing times": float(crossing_times),
        "gradient": norm,
        "best difference disagrees by": float(np.min(np.abs(np.array(differences) / norm - 1.0))),
    }


def _central(positions: np.ndarray, shift: np.ndarray, rest: tuple) -> float:
    return float(outcome(positions + shift, *rest) - outcome(positions - shift, *rest))


def summary(rows: list[dict], seed: int) -> dict[str, object]:
    """The e-folding time by a straight line through the logarithms, and the first durations past each limit."""
    mine = [row for row in rows if row["seed"] == seed]
    times = np.array([row["crossing times"] for row in mine])
    norms = np.array([row["gradient"] for row in mine])
    disagrees = np.array([row["best difference disagrees by"] for row in mine])
    return {
        "seed": seed,
        "e-folding [crossing times]": float(1.0 / np.polyfit(times, np.log(norms), 1)[0]),
        "growth over the first": float(norms[-1] / norms[0]),
        "gradient passes 1e3 [crossing times]": _first(times, norms > USELESS),
        "differences part [crossing times]": _first(times, disagrees > AGREES),
    }


def _first(times: np.ndarray, passed: np.ndarray) -> object:
    return float(times[np.argmax(passed)]) if np.any(passed) else f"> {times[-1]:g}"


def main() -> None:
    keep_to_one_core()
    seeds = [int(word) for word in sys.argv[1:]] or SEEDS
    # Durations outermost: each is a program of its own, compiled once for all seeds.
    rows = [measure(seed, duration) for duration in CROSSING_TIMES for seed in seeds]
    rows.sort(key=lambda row: (row["seed"], row["crossing times"]))
    publish("gradient_growth", rows)
    publish("gradient_horizon", [summary(rows, seed) for seed in seeds])


if __name__ == "__main__":
    main()
