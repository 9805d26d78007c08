"""What the benchmarks share: clusters to time, the best of several runs, and tables on screen and on disk."""

import csv
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nbody_emulator.simulation.initial_conditions import InitialConditions, draw

RESULTS = Path(__file__).parent / "results"
SOFTENING = 0.05
"""Plummer softening [pc] of every cluster timed."""


def keep_to_one_core() -> None:
    """Stay on one core; called before JAX's first computation, when it counts how many threads to start."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def kroupa_cluster(stars: int) -> InitialConditions:
    """A Plummer sphere with a scale radius of 1 pc in equilibrium, its masses drawn from Kroupa (2001)."""
    settings = {
        "stars": stars,
        "profile": "plummer",
        "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
    }
    return draw(
        settings,
        scale_radius=1.0,
        virial_ratio=1.0,
        softening=SOFTENING,
        generator=np.random.default_rng(stars),
    )


def best_seconds(run: Callable[[], object], repeats: int) -> float:
    """Wall time [s] of the fastest of several runs: the one least disturbed by others on the machine."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def best_cpu_seconds(run: Callable[[], object], repeats: int) -> float:
    """CPU seconds of the cheapest of several runs: for one thread, on a machine that others use too."""
    return min(cpu_seconds(run) for _ in range(repeats))


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU seconds of a run, all threads of this process together."""
    begun = time.process_time()
    run()
    return time.process_time() - begun


class Used(NamedTuple):
    """What a command and all that it started took; the memory is that of its largest process."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def used(command: Sequence[str]) -> Used:
    """Run a command that has to succeed, its output unseen."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{' '.join(command)} failed"
    return Used(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def million_pairs(stars: int, steps: int, seconds: float) -> float:
    """Millions of ordered pairs a second, N (N - 1) a step."""
    return stars * (stars - 1) * steps / seconds / 1e6


def read(name: str) -> list[dict[str, str]]:
    """The rows of benchmarks/results/<name>.csv, none if it was never made."""
    path = RESULTS / f"{name}.csv"
    if not path.exists():
        return []
    with path.open() as file:
        return list(csv.DictReader(file))


def publish(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print a table and write it to benchmarks/results/<name>.csv."""
    show(rows)
    keep(name, rows)


def show(rows: Sequence[Mapping[str, object]]) -> None:
    """Print a table."""
    rows = _rounded(rows)
    widths = {key: max(len(key), *(len(str(row[key])) for row in rows)) for key in rows[0]}
    for row in ({key: key for key in widths}, *rows):
        print("  ".join(str(row[key]).rjust(width) for key, width in widths.items()))


def keep(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write a table to benchmarks/results/<name>.csv."""
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(_rounded(rows))


def _rounded(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [
        {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in row.items()}
        for row in rows
    ]
