"""The disk fills up while results are written; with room made, the same command goes on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from at_work import KEPT, Run, make_results
from finished_run import contents, differing

pytestmark = pytest.mark.faults

FAULT = "a full disk"
SAID = "the disk is full or nearly so"
ROOM = 100_000
"""Bytes: for logs and a small result, not for a block of simulations."""


@pytest.fixture
def small_disk(tmp_path, not_tried) -> Iterator[Path]:
    """A disk of 64 MB."""
    if os.geteuid() != 0:
        not_tried(FAULT, "only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_named_and_loses_nothing(small_disk, unfinished, finished, trying):
    with trying(FAULT, f"{SAID}; {KEPT}"):
        repository = unfinished.copy_to(small_disk / "repository")
        filler = small_disk / "filler"
        fill(filler, leaving=ROOM)
        run = Run(repository)
        output = run.end()
        assert run.process.returncode != 0 and SAID in output and KEPT in output, output[-5000:]
        assert contents(repository.root).items() <= contents(finished.repository.root).items()
        filler.unlink()
        make_results(repository)
        assert not differing(contents(repository.root), contents(finished.repository.root))


def fill(path: Path, leaving: int) -> None:
    """A file that leaves so much room on its disk."""
    disk = os.statvfs(path.parent)
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - leaving)
