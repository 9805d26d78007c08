"""Jobs in SLURM's queue that outlived the Snakemake that submitted them.

They would write beside the jobs of the next one, and one that still waits would begin by deleting what those made.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

Say = Callable[[str], None]


def cancel_left_jobs(prefix: str, say: Say, patience: float = 90.0) -> None:
    """Cancel the jobs that were submitted from this folder under names that begin with `prefix`, and see them gone.

    For the holder of the folder's lock alone: no other Snakemake waits for such a job.

    Args:
        prefix: Snakemake's `slurm-jobname-prefix`; every run adds an identifier of its own.
        say: takes one line.
        patience: seconds to wait; the jobs of a node that is out of reach are never seen gone.
    """
    jobs = _jobs_from_here(prefix)
    if jobs:
        say(f"{len(jobs)} jobs of a run that was killed are still in SLURM's queue: they are cancelled")
        subprocess.run(["scancel", *jobs], check=False)  # some may end before they are reached
    deadline = time.monotonic() + patience
    while _jobs_from_here(prefix) and time.monotonic() < deadline:
        time.sleep(1.0)


def _jobs_from_here(prefix: str) -> list[str]:
    """Numbers of the jobs that wait, run or are being ended."""
    command = ["squeue", "--me", "--noheader", "--format=%i|%j|%Z"]
    listing = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    jobs = (line.split("|", 2) for line in listing.splitlines())
    here = Path.cwd().resolve()
    return [
        number
        for number, name, folder in jobs
        if name.startswith(f"{prefix}_") and Path(folder).resolve() == here
    ]
