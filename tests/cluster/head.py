"""Snakemake on the head node: the repository's SLURM profile with its blanks filled in, in a process to kill."""

import os
import signal
import subprocess
from pathlib import Path

from finished_run import ROOT, Repository

PROFILE = "profiles/slurm/profile.v9+.yaml"
FILLED_IN = {"your_account": "nbody", "your_cpu_partition": "cpu", "your_gpu_partition": "gpu"}
ENVIRONMENT = ROOT / ".venv-slurm/bin"
"""The plugin has an environment of its own, from envs/slurm.lock."""

# SLURM keeps no accounts of finished jobs here. Most jobs take some eight seconds; each time that none has ended, the
# plugin waits ten seconds longer.
HERE = ("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "8")


def fill_in_profile(repository: Repository) -> None:
    path = repository.root / PROFILE
    text = path.read_text()
    for blank, value in FILLED_IN.items():
        text = text.replace(blank, value)
    path.write_text(text)


class Head:
    """One call of Snakemake on the `test` experiment; what it says goes to a file."""

    def __init__(self, repository: Repository, log: Path, *arguments: str) -> None:
        self.log = log
        profile = ["--workflow-profile", "profiles/slurm", "--configfile", "config/test.yaml"]
        command = [ENVIRONMENT / "python", "workflow/alone.py", ENVIRONMENT / "snakemake", *arguments]
        with log.open("w") as said:
            self.process = subprocess.Popen(
                [*command, *profile, *HERE],
                cwd=repository.root,
                env=repository.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        """As the kernel would: without a word to SLURM."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds: float) -> int:
        return self.process.wait(seconds)
