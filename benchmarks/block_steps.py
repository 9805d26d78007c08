"""Block steps: time of a step, pairs worked out over pairs needed, and star steps saved against a shared step.

    python benchmarks/block_steps.py [stars ...]

The clusters of `time_to_solution.py`: Plummer spheres with Kroupa masses, ten crossing times; medians over seeds,
CPU seconds on one core. The second table follows clusters as small as the default experiment's for 50 Myr.
"""

import statistics
import sys

import numpy as np
from solvers import LONGEST_STEP, Problem
from stopwatch import best_cpu_seconds, keep_to_one_core, publish

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.initial_conditions import draw
from nbody_emulator.simulation.run import Trajectory

SOFTENINGS = (0.05, 0.005)  # scale radii
SEEDS = (1, 2, 3, 4)
ACCURACY = 0.01
SHARED_PART = 1 / 16
"""A shared step is followed through so much of the run."""

LONG_RUN_MYR, LONG_RUN_STARS, LONG_RUN_ACCURACY = 50.0, 128, 0.0075
SCALE_RADII_PC = (0.5, 1.0, 2.0)
SOFTENINGS_PC = (0.05, 0.005)
LONG_RUN_SEEDS = range(1, 9)


def main() -> None:
    keep_to_one_core()
    sizes = [int(word) for word in sys.argv[1:]] or [128, 256, 1024]
    publish("block_steps", [_row(stars, softening) for stars in sizes for softening in SOFTENINGS])
    publish(
        "long_runs", [_long(radius, softening) for softening in SOFTENINGS_PC for radius in SCALE_RADII_PC]
    )


def _row(stars: int, softening: float) -> dict:
    measured = [_measured(Problem(stars, softening, seed)) for seed in SEEDS]
    medians = {key: statistics.median(one[key] for one in measured) for key in measured[0]}
    return {"stars": stars, "softening [scale radii]": softening} | medians


def _measured(problem: Problem) -> dict:
    duration = float(problem.times[-1])

    def run(integrator: str, share: float = 1.0) -> Trajectory:
        return integrate(
            *problem.cluster,
            [0.0, share * duration],
            softening=problem.softening,
            integrator=integrator,
            accuracy=ACCURACY,
            longest_step=LONGEST_STEP * problem.unit,
        )

    block, shared = run("block_hermite4"), run("hermite4", SHARED_PART)
    seconds = best_cpu_seconds(lambda: run("block_hermite4"), repeats=2)
    steps, star_steps = int(block.work.steps), int(block.work.star_steps)
    return {
        "CPU seconds": seconds,
        "energy error": float(block.energy_error),
        "block step [us]": 1e6 * seconds / steps,
        "stars a step": star_steps / steps,
        "pairs executed over needed": float(block.work.executed_pairs / block.work.needed_pairs),
        "times fewer star steps than with the shortest step for all": problem.stars * steps / star_steps,
        "than with `hermite4`": int(shared.work.star_steps) / SHARED_PART / star_steps,
    }


def _long(scale_radius: float, softening: float) -> dict:
    runs = [_long_run(scale_radius, softening, seed) for seed in LONG_RUN_SEEDS]
    seconds, errors = zip(*runs, strict=True)
    return {
        "scale radius [pc]": scale_radius,
        "softening [pc]": softening,
        "CPU seconds, median": statistics.median(seconds),
        "CPU seconds, largest": max(seconds),
        "energy error, median": statistics.median(errors),
        "energy error, largest": max(errors),
    }


def _long_run(scale_radius: float, softening: float, seed: int) -> tuple[float, float]:
    """(CPU seconds, energy error)."""
    cluster = draw(
        {
            "stars": LONG_RUN_STARS,
            "profile": "plummer",
            "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
        },
        scale_radius=scale_radius,
        virial_ratio=1.0,
        softening=softening,
        generator=np.random.default_rng(seed),
    )

    def run() -> Trajectory:
        return integrate(
            *cluster,
            [0.0, LONG_RUN_MYR],
            softening=softening,
            integrator="block_hermite4",
            accuracy=LONG_RUN_ACCURACY,
            longest_step=LONG_RUN_MYR / 64.0,
        )

    error = float(run().energy_error)
    return best_cpu_seconds(run, repeats=2), error


if __name__ == "__main__":
    main()
