"""What a person is told when a run did not end well, below what its jobs and Snakemake said."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from nbody_emulator.store.repair import RESULTS, check_read

LITTLE_SPACE = 100e6
"""Bytes; a failed job has removed what it had written, so a full disk does not look quite full afterwards."""


def tell_of_failure(root: Path, read: Iterable[str], say: Callable[[str], None]) -> None:
    """Say what may be behind it, and that nothing is lost; `read` are the files that failed jobs read."""
    check_read(root, read, say)
    free = shutil.disk_usage(root / RESULTS).free
    if free < LITTLE_SPACE:
        say(f"the disk is full or nearly so: {free / 1e6:.1f} MB are free for {RESULTS}")
    say("what was finished is kept; the same command goes on from there")
