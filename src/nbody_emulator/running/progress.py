"""How far the runs are: each job keeps a tally beside its log, and one watcher adds the tallies up."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FITTING = ("fits", "trials")
"""Stages that fit emulators."""


def tally_path(log: str | Path) -> Path:
    """Where the job that logs to `log` keeps its tally."""
    return Path(log).with_suffix(".runs")


def counter(log: str | Path) -> Callable[[int], None]:
    """A function to call after each run; the tally file grows to one byte a run done."""
    path = tally_path(log)
    path.parent.mkdir(parents=True, exist_ok=True)

    def report(done: int) -> None:
        path.write_bytes(b"." * done)

    report(0)
    return report


@dataclass(frozen=True)
class Work:
    """Jobs that are no simulations.

    Attributes:
        jobs: how many.
        fits: how many of them fit emulators.
        seconds: about how long they take together; None if nothing like them was run before.
    """

    jobs: int
    fits: int
    seconds: float | None

    @staticmethod
    def of(stages: Sequence[str], timings: Mapping[str, Mapping[str, float]], cores: int | None) -> "Work":
        """Of the stages of the jobs, what each stage took before, and the cores there are."""
        took = {stage: entry["seconds"] / entry["jobs"] for stage, entry in timings.items() if entry["jobs"]}
        known = all(stage in took for stage in stages)
        seconds = sum(took[stage] for stage in stages) / (cores or 1) if known else None
        return Work(len(stages), sum(stage in FITTING for stage in stages), seconds)

    def __str__(self) -> str:
        fits = f", {self.fits} of them fits" if self.fits else ""
        if self.seconds is None:
            return f"{self.jobs} other jobs{fits}, whose time is not known yet"
        return f"{self.jobs} other jobs{fits}, about {_duration(self.seconds)} as last time"


def watch(
    tallies: Mapping[Path, int], others: Work, say: Callable[[str], None], every_seconds: float = 10.0
) -> None:
    """From a thread of its own, say how many of all runs are done, about how long they will take, and what else waits.

    Args:
        tallies: tally file of each job that will run -> number of its runs.
        others: the jobs that are no simulations.
        say: takes one line.
        every_seconds: time between lines; nothing is said while nothing changes.
    """
    for path in tallies:
        path.unlink(missing_ok=True)
    if tallies:
        threading.Thread(target=_watch, args=(tallies, others, say, every_seconds), daemon=True).start()


def _watch(
    tallies: Mapping[Path, int], others: Work, say: Callable[[str], None], every_seconds: float
) -> None:
    total, started, said = sum(tallies.values()), time.monotonic(), 0
    rest = f"; {others}" if others.jobs else ""
    while said < total:
        time.sleep(every_seconds)
        done = sum(path.stat().st_size for path in tallies if path.exists())
        if done > said:
            seconds_left = (time.monotonic() - started) * (total - done) / done
            runs_left = (
                f"about {_duration(seconds_left)} for the others" if done < total else "no run is left"
            )
            say(f"runs: {done} of {total} done, {runs_left}{rest}")
        said = max(said, done)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
