"""How far the runs are: each job keeps a tally beside its log, and one watcher adds the tallies up."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path


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


def watch(tallies: Mapping[Path, int], say: Callable[[str], None], every_seconds: float = 10.0) -> None:
    """From a thread of its own, say how many of all runs are done and about how long the rest will take.

    Args:
        tallies: tally file of each job that will run -> number of its runs.
        say: takes one line.
        every_seconds: time between lines; nothing is said while nothing changes.
    """
    for path in tallies:
        path.unlink(missing_ok=True)
    if tallies:
        threading.Thread(target=_watch, args=(tallies, say, every_seconds), daemon=True).start()


def _watch(tallies: Mapping[Path, int], say: Callable[[str], None], every_seconds: float) -> None:
    total, started, said = sum(tallies.values()), time.monotonic(), 0
    while said < total:
        time.sleep(every_seconds)
        done = sum(path.stat().st_size for path in tallies if path.exists())
        if done > said:
            seconds_left = (time.monotonic() - started) * (total - done) / done
            say(f"runs: {done} of {total} done, about {_duration(seconds_left)} left")
        said = max(said, done)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
