"""What a killed Snakemake left in SLURM's queue, with stand-ins for SLURM's commands."""

import time
from pathlib import Path

import pytest

from nbody_emulator.running.slurm_queue import cancel_left_jobs

PREFIX = "nbody-emulator"


class Queue:
    """A queue in a file: `squeue` prints it, `scancel` notes its arguments and, if told to, empties it."""

    def __init__(self, folder: Path, scancel_empties_it: bool) -> None:
        self.jobs, self.cancelled = folder / "jobs", folder / "cancelled"
        self.cancelled.touch()
        empty = f"; : > {self.jobs}" if scancel_empties_it else ""
        self._script(folder / "squeue", f"cat {self.jobs}")
        self._script(folder / "scancel", f"echo $* >> {self.cancelled}{empty}")

    def _script(self, path: Path, text: str) -> None:
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Where Snakemake runs; the stand-ins are found before SLURM's own."""
    commands, here = tmp_path / "bin", tmp_path / "repository"
    commands.mkdir()
    here.mkdir()
    monkeypatch.setenv("PATH", str(commands), prepend=":")
    monkeypatch.chdir(here)
    return here


def test_jobs_of_this_run_folder_are_cancelled_and_no_others(folder):
    queue = Queue(folder.parent / "bin", scancel_empties_it=True)
    queue.jobs.write_text(
        f"1|{PREFIX}_a|{folder}\n2|{PREFIX}_a|{folder.parent}\n3|interactive|{folder}\n4|{PREFIX}_b|{folder}\n"
    )
    told = []
    cancel_left_jobs(PREFIX, told.append)
    assert queue.cancelled.read_text() == "1 4\n"
    assert told == ["2 jobs of a run that was killed are still in SLURM's queue: they are cancelled"]


def test_an_empty_queue_is_not_spoken_of(folder):
    Queue(folder.parent / "bin", scancel_empties_it=True).jobs.touch()
    told = []
    cancel_left_jobs(PREFIX, told.append)
    assert not told


def test_a_job_out_of_reach_is_not_waited_for_without_end(folder):
    Queue(folder.parent / "bin", scancel_empties_it=False).jobs.write_text(f"1|{PREFIX}_a|{folder}\n")
    started = time.monotonic()
    cancel_left_jobs(PREFIX, lambda line: None, patience=1.5)
    assert 1.5 <= time.monotonic() - started < 10
