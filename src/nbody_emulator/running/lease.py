"""Leases one of several places to a process, by a lock of the kernel's, which frees it however the process dies."""

import fcntl
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path


def take_one(places: Sequence[str], folder: Path, every_seconds: float = 1.0) -> str:
    """Wait until one of `places` is free, the first preferred; it is taken for as long as this process lives.

    Args:
        places: names, alike for everyone who shares them.
        folder: where the locks lie, on a disk of this machine: those of network file systems are not to be relied on.
        every_seconds: about how long to wait between two looks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        for place in places:
            if _taken(folder / f"{place}.lock"):
                return place
        time.sleep(every_seconds * random.uniform(0.5, 1.5))


def _taken(lock: Path) -> bool:
    """Whether the lock is now ours; the descriptor that holds it is never closed."""
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True
