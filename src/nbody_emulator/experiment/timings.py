"""Where the time went, gathered from the benchmark files the jobs left."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def stage_timings(benchmarks: Iterable[str]) -> dict[str, dict[str, float]]:
    """Stage -> number of jobs, seconds in all and at most, and the peak memory of one job in MB.

    Each benchmark is a table `results/logs/<stage>/<identity>.tsv` written by Snakemake; results that were
    taken over from elsewhere have none and are left out.
    """
    rows = defaultdict(list)
    for path in map(Path, benchmarks):
        if path.exists():
            with path.open() as file:
                rows[path.parent.name].extend(csv.DictReader(file, delimiter="\t"))
    return {stage: _summary(jobs) for stage, jobs in sorted(rows.items())}


def _summary(jobs: list[dict[str, str]]) -> dict[str, float]:
    seconds = [float(job["s"]) for job in jobs]
    memory = [float(job["max_rss"]) for job in jobs if job["max_rss"] not in ("NA", "-")]
    return {
        "jobs": len(jobs),
        "seconds": round(sum(seconds), 2),
        "longest_seconds": round(max(seconds), 2),
        "peak_memory_mb": max(memory, default=0.0),
    }
