"""`make results EXPERIMENT=test` as a person starts it, followed by its output, ended by signals."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import psutil
from finished_run import Repository

PROGRAMS = Path(sys.executable).parent
# Tests started in the background ignore Ctrl-C, and so would everything that they start, but for this. Nothing of ours
# is run between fork and exec instead: JAX has threads here, whose locks nobody would free there.
HEEDING_THE_KEYBOARD = ("env", "--default-signal=INT")
# The environment that runs the tests stands for the one that `make` would install.
MAKE_RESULTS = (
    "make",
    "results",
    "EXPERIMENT=test",
    "CORES=2",
    f"BIN={PROGRAMS}",
    "--assume-old=.venv/installed",
)
PATIENCE = 3600
"""Seconds after which a run counts as one that does not end."""
KEPT = "what was finished is kept; the same command goes on from there"


class Run:
    """A `make results` at work, in a process group of its own."""

    def __init__(self, repository: Repository):
        self.repository = repository
        self.head_was_killed = False
        self.a_job_was_killed = False
        # Not beside the repository, whose disk may be full or read-only.
        self.log = tempfile.NamedTemporaryFile(prefix="output-")
        weakref.finalize(self, self.log.close)
        self.process = subprocess.Popen(
            (*HEEDING_THE_KEYBOARD, *MAKE_RESULTS),
            cwd=repository.root,
            env=repository.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def output(self) -> str:
        """What it has said so far."""
        return Path(self.log.name).read_text()

    def end(self) -> str:
        """Wait until it has ended; what it said."""
        self.process.wait(PATIENCE)
        return self.output

    def until(self, condition: Callable[[], bool], seconds: float = 300.0) -> "Run":
        """Wait for `condition` while it is at work."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert not self.ended and time.monotonic() < deadline, self.output[-5000:]
            time.sleep(0.05)
        return self

    def until_a_job_is_at_work(self) -> "Run":
        return self.until(lambda: bool(self.jobs()))

    def signal_all(self, number: int) -> None:
        """As a terminal or a service manager does: to every process of the group."""
        os.killpg(self.process.pid, number)

    def kill_all(self) -> bool:
        self.head_was_killed = True
        self.signal_all(signal.SIGKILL)
        self.process.wait()
        return True

    def kill_head(self) -> bool:
        """Kill Snakemake, or what is about to become it, and leave its jobs to themselves; whether there was one."""
        killed = [_kill(process) for process in self._children()]
        self.head_was_killed |= any(killed)
        return any(killed)

    def kill_a_job(self, chance: random.Random) -> bool:
        """Whether there was one."""
        jobs = self.jobs()
        killed = bool(jobs) and _kill(chance.choice(jobs))
        self.a_job_was_killed |= killed
        return killed

    def jobs(self) -> list[psutil.Process]:
        """The processes in which jobs compute."""
        found = []
        for head in self._children():
            try:
                found += [process for process in head.children(recursive=True) if _is_job(process)]
            except psutil.Error:
                continue
        return found

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.process.pid).children()
        except psutil.Error:
            return []


def make_results(repository: Repository) -> str:
    """The whole of it, which must end well; what it said."""
    run = Run(repository)
    output = run.end()
    assert run.process.returncode == 0, output[-5000:]
    return output


def _kill(process: psutil.Process) -> bool:
    """Whether it was still there to be killed."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def _is_job(process: psutil.Process) -> bool:
    try:
        program, *arguments = process.cmdline()
    except (psutil.Error, ValueError):
        return False
    return "python" in program and any(".snakemake/scripts" in argument for argument in arguments)
