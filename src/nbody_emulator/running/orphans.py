"""Jobs that outlived their run: its head was killed, they were not."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

ALLOCATION = "SLURM_JOB_ID"


def stop_orphans(mark: str) -> None:
    """Kill every process that works in this folder and carries `mark` in its environment, and see it gone.

    For the holder of the folder's lock alone: what else works here then has nobody to work for. A killed job loses
    what it had not finished, as its run did.
    """
    while orphans := list(_orphans(mark)):
        for process in orphans:
            process.kill()
        time.sleep(0.05)


def _orphans(mark: str) -> Iterator[psutil.Process]:
    here = Path.cwd()
    own = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            works_here = mark in environment and Path(process.cwd()) == here
        except psutil.Error:
            continue  # gone meanwhile, or another person's
        # Jobs in another allocation of the scheduler's are the scheduler's to stop.
        if (
            works_here
            and environment.get(ALLOCATION) == os.environ.get(ALLOCATION)
            and process.pid not in own
        ):
            yield process
