"""One run at a time in a folder, and a killed run is simply gone on with."""

import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
from finished_run import fresh_copy

ALONE = "workflow/alone.py"
# As Snakemake does, which lets its jobs inherit no lock.
STARTS_A_JOB = """
from pathlib import Path
from subprocess import Popen
job = Popen(["sleep", "600"])
Path("job").write_text(str(job.pid))
job.wait()
"""


def start(repository, *command: str) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": str(repository.root / "src")}
    return subprocess.Popen(
        [sys.executable, ALONE, *command],
        cwd=repository.root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_second_run_is_refused_until_the_first_is_gone(scratch):
    first = start(scratch, "sleep", "600")
    wait_for((scratch.root / "results/.lock").exists, 10)
    time.sleep(0.5)  # the file is there a moment before it is locked
    refused = scratch.run(sys.executable, ALONE, "true", check=False)
    assert refused.returncode == 1 and "another run is at work" in refused.stdout
    kill(first)
    assert scratch.run(sys.executable, ALONE, "true").returncode == 0


def test_what_a_killed_job_left_without_a_receipt_is_cleared(scratch):
    unfinished, finished = (scratch.root / "results/store/figures" / name for name in ("0" * 12, "1" * 12))
    for folder in (unfinished, finished):
        folder.mkdir(parents=True)
        (folder / "figure.svg").touch()
    (finished / "receipt.json").touch()
    scratch.run(sys.executable, ALONE, "true")
    assert finished.exists() and not unfinished.exists()


def test_half_written_files_under_plain_names_are_cleared(scratch):
    folder = scratch.root / "results/test/tables"
    folder.mkdir(parents=True)
    (folder / ".noise.csv.1.abc.tmp").touch()
    (folder / "noise.csv").touch()
    scratch.run(sys.executable, ALONE, "true")
    assert [path.name for path in folder.iterdir()] == ["noise.csv"]


def test_jobs_of_a_killed_head_are_stopped(scratch):
    job = scratch.root / "job"
    first = start(scratch, sys.executable, "-c", STARTS_A_JOB)
    wait_for(lambda: job.exists() and job.read_text().strip(), 10)
    first.kill()
    first.wait()
    orphan = psutil.Process(int(job.read_text()))
    assert orphan.is_running()
    scratch.run(sys.executable, ALONE, "true")
    wait_for(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, 10)


def test_jobs_in_another_folder_are_left_alone(scratch, tmp_path):
    other = fresh_copy(tmp_path / "other/repository")
    at_work = start(other, "sleep", "600")
    wait_for((other.root / "results/.lock").exists, 10)
    scratch.run(sys.executable, ALONE, "true")
    assert at_work.poll() is None
    kill(at_work)


def test_a_folder_in_which_nothing_can_be_written_is_named(scratch):
    results = scratch.root / "results"
    shutil.rmtree(results)
    results.touch()
    refused = scratch.run(sys.executable, ALONE, "true", check=False)
    assert refused.returncode == 1 and "nothing can be written in results" in refused.stdout


def test_a_killed_run_goes_on(copy):
    simulations = copy.root / "results/store/simulations"
    lost = sorted(simulations.iterdir())[:2]
    for folder in lost:
        shutil.rmtree(folder)
    shutil.rmtree(copy.root / "results/logs")
    options = ["--until", "simulate", "--cores", "2", "--configfile", "config/test.yaml"]
    command = [sys.executable, "-m", "snakemake", *options]
    first = start(copy, *command)
    wait_for(lambda: list(copy.root.glob("results/logs/simulations/*.runs")), 60)
    kill(first)
    assert list(copy.root.glob(".snakemake/locks/*"))
    copy.run(sys.executable, ALONE, *command)
    assert not list(copy.root.glob("results/**/*.tmp"))
    assert all((folder / "receipt.json").exists() for folder in lost)
    assert len(list(simulations.glob("*/simulation.nc"))) == 10
