"""Why a folder cannot be had alone is told in one line, whatever the file system says."""

import errno
import fcntl
import os

import pytest

from nbody_emulator.running.lock import CannotHoldError, hold


def refuse_locks_with(number: int, monkeypatch) -> None:
    def flock(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)


def told(folder, monkeypatch) -> str:
    monkeypatch.chdir(folder)
    with pytest.raises(CannotHoldError) as refusal:
        hold()
    return str(refusal.value)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def test_a_file_system_without_locks_is_named_and_not_said_to_be_read_only(tmp_path, monkeypatch, number):
    refuse_locks_with(number, monkeypatch)
    message = told(tmp_path, monkeypatch)
    assert "without file locks" in message and "-o flock" in message and "written" not in message


def test_a_disk_that_refuses_the_lock_for_another_reason_is_told_as_before(tmp_path, monkeypatch):
    refuse_locks_with(errno.EIO, monkeypatch)
    assert "nothing can be written in results" in told(tmp_path, monkeypatch)
