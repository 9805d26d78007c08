"""One run at a time in a folder, by a lock of the kernel's: it dies with its holder, however that dies."""

import fcntl
import os
from pathlib import Path

LOCK = Path("results/.lock")
# Tells a process that the one it replaced, or grew from, holds the lock already.
HELD = "NBODY_EMULATOR_LOCK_HELD"


def hold() -> int:
    """Take the lock for as long as this process lives and return its file descriptor.

    Raises:
        BlockingIOError: another run is at work in this folder.
    """
    LOCK.parent.mkdir(exist_ok=True)
    descriptor = os.open(LOCK, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError("another run is at work in this folder; wait for it or stop it first") from None
    return descriptor


def hold_unless_inherited() -> None:
    """Take the lock, unless this process was started under it."""
    if HELD not in os.environ:
        hold()
