"""One run at a time in a folder, by a file lock of the kernel (`flock`): it dies with its holder, however that dies."""

import errno
import fcntl
import os
from pathlib import Path

from nbody_emulator.running.orphans import stop_orphans

LOCK = Path("results/.lock")
# Tells a process that the one it replaced, or grew from, holds the lock already.
HELD = "NBODY_EMULATOR_LOCK_HELD"
NO_LOCKS_HERE = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)


class CannotHoldError(Exception):
    """This folder cannot be had alone; the message is for a person."""


def hold() -> int:
    """Take the lock for as long as this process lives and return its file descriptor.

    Jobs that outlived an earlier holder are stopped: they would write beside those that make the same results anew.

    Raises:
        CannotHoldError: another run is at work in this folder, or it cannot be written in, or not locked.
    """
    try:
        LOCK.parent.mkdir(exist_ok=True)
        descriptor = os.open(LOCK, os.O_CREAT | os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotHoldError("another run is at work in this folder; wait for it or stop it first") from None
    except OSError as error:
        raise CannotHoldError(f"{_trouble(error)}: {error.strerror}") from None
    stop_orphans(HELD)
    os.environ[HELD] = "yes"
    return descriptor


def _trouble(error: OSError) -> str:
    if error.errno in NO_LOCKS_HERE:
        return f"{LOCK.parent} is on a file system without file locks (Lustre has them with `-o flock`)"
    return f"nothing can be written in {LOCK.parent}"


def hold_unless_inherited() -> None:
    """Take the lock, unless this process was started under it."""
    if HELD not in os.environ:
        hold()
