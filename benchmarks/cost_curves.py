"""What a run costs as it grows: CPU seconds against stars, runs a second against batch size, and memory. One core.

Clusters of Kroupa masses in equilibrium, softening 0.05 scale radii. Stars: block_hermite4 over a crossing time,
cost of the start apart, which happens once a run. Batches: runs of 128 stars side by side in one call of
`integrate_many` (block_hermite4, which takes runs one after another, gains nothing by it and is left out).
Memory: the peak of a process of its own that takes 64 clusters of 2048 stars through one call, with block_hermite4,
hence one after another, over a hundredth of a crossing time, for the peak does not grow with duration.
About four minutes.

    python benchmarks/cost_curves.py [stars | batches | memory ...]
"""

import multiprocessing
import resource
import sys

import numpy as np
from stopwatch import SOFTENING, best_cpu_seconds, keep_to_one_core, kroupa_cluster, publish

from nbody_emulator.simulation.integration import follow, integrate_many, start
from nbody_emulator.simulation.tide import ISOLATED, Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

STARS = (128, 256, 512, 1024, 2048)
ACCURACY = 0.02
REPEATS = 3
BATCHES = (1, 2, 4, 8, 16, 32, 64)
BATCH_STARS = 128
LARGE_STARS, LARGE_RUNS = 2048, 64


def unit_of_time(masses: np.ndarray) -> float:
    """The N-body unit [Myr] of a Plummer sphere with a scale radius of 1 pc; a crossing time is 2 sqrt(2) of them."""
    return float(np.sqrt((16.0 / (3.0 * np.pi)) ** 3 / (GRAVITATIONAL_CONSTANT * np.sum(masses))))


def against_stars(stars: int) -> dict[str, object]:
    """CPU seconds of the start of a run and of a crossing time of it."""
    cluster = kroupa_cluster(stars)
    unit = unit_of_time(cluster.masses)
    crossing_time = 2.0 * np.sqrt(2.0) * unit
    settings = {"softening": SOFTENING, "accuracy": ACCURACY, "longest_step": unit / 16.0}

    def begin():
        return start(*cluster, 0.0, integrator="block_hermite4", **settings)

    begun = begin()
    follow(begun, np.array([1e-3 * crossing_time]))
    run = follow(begun, np.array([crossing_time]))[0]
    return {
        "stars": stars,
        "start [CPU s]": best_cpu_seconds(begin, REPEATS),
        "a crossing time [CPU s]": best_cpu_seconds(
            lambda: follow(begun, np.array([crossing_time])), REPEATS
        ),
        "steps": int(run.work.steps),
        "star steps": int(run.work.star_steps),
        "pairs executed over needed": float(run.work.executed_pairs / run.work.needed_pairs),
        "energy error": float(run.energy_error),
    }


def against_batch(integrator: str, width: int) -> dict[str, object]:
    """Runs a CPU second with `width` of them side by side; the runs are one cluster turned to `width` others."""
    cluster = kroupa_cluster(BATCH_STARS)
    unit = unit_of_time(cluster.masses)
    settings = {
        "leapfrog": {"step": unit / 64.0},
        "hermite4": {"accuracy": ACCURACY, "longest_step": unit / 16.0},
    }
    given = {name: np.full(width, value) for name, value in settings[integrator].items()}
    masses, positions, velocities = (np.stack([array] * width) for array in cluster)
    times = np.stack([[0.0, 2.0 * np.sqrt(2.0) * unit]] * width)

    def run():
        return integrate_many(
            masses,
            positions,
            velocities,
            times,
            softening=np.full(width, SOFTENING),
            tide=Tide(*(np.full(width, number) for number in ISOLATED)),
            integrator=integrator,
            abandon_above=np.inf,
            **given,
        )

    run()  # compiles
    return {
        "integrator": integrator,
        "batch": width,
        "runs a CPU second": width / best_cpu_seconds(run, REPEATS),
    }


def peak_memory(integrator: str) -> dict[str, object]:
    """Peak memory [GB] of a process that takes many large clusters through one call, and of one that only imports."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as processes:
        bare = processes.apply(_peak_gigabytes)
        peak = processes.apply(_peak_of_many, (integrator,))
    return {
        "integrator": integrator,
        "stars": LARGE_STARS,
        "runs in one call": LARGE_RUNS,
        "peak [GB]": peak,
        "of which imports [GB]": bare,
    }


def _peak_of_many(integrator: str) -> float:
    cluster = kroupa_cluster(LARGE_STARS)
    unit = unit_of_time(cluster.masses)
    masses, positions, velocities = (np.stack([array] * LARGE_RUNS) for array in cluster)
    integrate_many(
        masses,
        positions,
        velocities,
        np.stack([[0.0, 0.01 * 2.0 * np.sqrt(2.0) * unit]] * LARGE_RUNS),
        softening=np.full(LARGE_RUNS, SOFTENING),
        tide=Tide(*(np.full(LARGE_RUNS, number) for number in ISOLATED)),
        integrator=integrator,
        abandon_above=np.inf,
        accuracy=np.full(LARGE_RUNS, ACCURACY),
        longest_step=np.full(LARGE_RUNS, unit / 16.0),
    )
    return _peak_gigabytes()


def _peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


CURVES = {
    "stars": lambda: [against_stars(stars) for stars in STARS],
    "batches": lambda: [against_batch(name, width) for name in ("leapfrog", "hermite4") for width in BATCHES],
    "memory": lambda: [peak_memory("block_hermite4")],
}


def main() -> None:
    keep_to_one_core()
    for name in sys.argv[1:] or CURVES:
        publish(f"cost_against_{name}" if name != "memory" else "memory", CURVES[name]())


if __name__ == "__main__":
    main()
