"""Where the time went, gathered from what the jobs left in results/logs."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.running.notes import SECONDS, note, noted

KINDS = ("interpreter", "import", "compile", "wait", "compute")
"""Where the seconds of a job go; see `job_clock`."""

START_UP = ("interpreter", "import", "compile")


def note_seconds(log: str | Path, seconds: Mapping[str, float]) -> None:
    """Leave the seconds of the job that logs to `log`, by kind, beside its log."""
    note(log, SECONDS, {kind: round(value, 3) for kind, value in seconds.items()})


def stage_timings(benchmarks: Iterable[str]) -> dict[str, dict[str, float]]:
    """Stage -> number of jobs, seconds in all and at most, the peak memory of one job in MB, and seconds by kind.

    Each benchmark is a table `results/logs/<stage>/<identity>.tsv` written by Snakemake; results that were
    taken over from elsewhere have none and are left out.
    """
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in map(Path, benchmarks):
        if path.exists():
            with path.open() as file:
                rows[path.parent.name].extend(
                    row | noted(path, SECONDS) for row in csv.DictReader(file, delimiter="\t")
                )
    return {stage: _summary(jobs) for stage, jobs in sorted(rows.items())}


def read_timings(path: str | Path) -> dict[str, dict[str, float]]:
    """The timings of an earlier run, as `stage_timings` made them; empty if there are none."""
    try:
        return json.loads(Path(path).read_text())
    except (FileNotFoundError, ValueError):
        return {}


def start_up_share(timings: Mapping[str, Mapping[str, Any]]) -> float:
    """Share of the seconds told apart that went into starting Python, importing and compiling; 0 if none were."""
    seconds = {kind: sum(stage[f"{kind}_seconds"] for stage in timings.values()) for kind in KINDS}
    return sum(seconds[kind] for kind in START_UP) / (sum(seconds.values()) or 1.0)


def _summary(jobs: list[dict[str, Any]]) -> dict[str, float]:
    seconds = [float(job["s"]) for job in jobs]
    memory = [float(job["max_rss"]) for job in jobs if job["max_rss"] not in ("NA", "-")]
    return {
        "jobs": len(jobs),
        "seconds": round(sum(seconds), 2),
        "longest_seconds": round(max(seconds), 2),
        "peak_memory_mb": max(memory, default=0.0),
        **{f"{kind}_seconds": round(sum(job.get(kind, 0.0) for job in jobs), 2) for kind in KINDS},
    }
