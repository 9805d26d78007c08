"""Our leapfrog against REBOUND's: the same stars, softening and step, on the same machine in the same run.

Two processes of ours, one on each of two cores, against one REBOUND process on one core, in ordered pairs a
second, N (N - 1) a step for both. Ours includes its energy audit, REBOUND's has none. All in float64.

    python benchmarks/leapfrog_against_rebound.py
"""

import multiprocessing
import os
import time

import rebound
from stopwatch import SOFTENING, best_seconds, kroupa_cluster, million_pairs, publish

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.tide import Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

STARS = (128, 256, 1024)
STEP = 0.005  # Myr
PAIRS_A_REPEAT = 5e7
REPEATS = 60


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    rows = []
    for stars in STARS:
        steps = int(PAIRS_A_REPEAT / stars**2) // 16 * 16
        ours = _time_ours(stars, steps, cores)
        alone = _time_ours(stars, steps, cores[:1])
        theirs = _time_rebound(stars, steps, cores[0])
        rows.append(
            {
                "stars": stars,
                "steps": steps,
                "ours on two cores [Mpairs/s]": ours,
                "ours on one core [Mpairs/s]": alone,
                "REBOUND on one core [Mpairs/s]": theirs,
                "two cores over REBOUND": ours / theirs,
                "one core over REBOUND": alone / theirs,
            }
        )
    publish("leapfrog_against_rebound", rows)


def _time_ours(stars: int, steps: int, cores: list[int]) -> float:
    """Millions of pairs a second of one process on each of the cores, all at once."""
    context = multiprocessing.get_context("spawn")
    together, results = context.Barrier(len(cores)), context.Queue()
    everywhere = os.sched_getaffinity(0)
    processes = []
    for core in cores:
        # The child inherits the core, before JAX counts how many threads to start.
        os.sched_setaffinity(0, {core})
        processes.append(context.Process(target=_integrate_often, args=(stars, steps, together, results)))
        processes[-1].start()
    os.sched_setaffinity(0, everywhere)
    seconds = [results.get() for _ in processes]
    for process in processes:
        process.join()
    # Each repeat lasts as long as the slower process; the best repeat is the least disturbed one.
    slowest = [max(repeat) for repeat in zip(*seconds, strict=True)]
    return len(cores) * million_pairs(stars, steps, min(slowest))


def _integrate_often(stars: int, steps: int, together, results) -> None:
    """Put the wall times [s] of the repeats into `results`, each begun together with the other processes."""
    cluster = kroupa_cluster(stars)
    seconds = []
    for _ in range(1 + REPEATS):
        together.wait()
        start = time.perf_counter()
        run = integrate(*cluster, [0.0, steps * STEP], softening=SOFTENING, step=STEP, tide=Tide(0.1, 2.0))
        seconds.append(time.perf_counter() - start)
        assert run.work.steps == steps
    results.put(seconds[1:])  # the first one compiled


def _time_rebound(stars: int, steps: int, core: int) -> float:
    """Millions of pairs a second of REBOUND's leapfrog with its direct sum."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    simulation = rebound.Simulation()
    simulation.G, simulation.softening, simulation.dt = GRAVITATIONAL_CONSTANT, SOFTENING, STEP
    simulation.integrator, simulation.gravity = "leapfrog", "basic"
    cluster = kroupa_cluster(stars)
    for mass, (x, y, z), (u, v, w) in zip(*cluster, strict=True):
        simulation.add(m=mass, x=x, y=y, z=z, vx=u, vy=v, vz=w)
    seconds = best_seconds(lambda: simulation.steps(steps), REPEATS)
    os.sched_setaffinity(0, everywhere)
    return million_pairs(stars, steps, seconds)


if __name__ == "__main__":
    main()
