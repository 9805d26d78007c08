"""A copy of this repository in which the `test` experiment has been run once, for all workflow tests to read."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDER = Path(__file__).parent / "recorder"


@dataclass(frozen=True)
class Repository:
    """A working copy of the repository."""

    root: Path

    @property
    def recorded_imports(self) -> Path:
        """Where jobs note what they imported."""
        return self.root.parent / "recorded_imports"

    def snakemake(
        self, *arguments: str, experiment: str = "test", check: bool = True
    ) -> subprocess.CompletedProcess:
        """Run Snakemake here as `make` does, with this copy's code."""
        options = ["--cores", "2", "--configfile", f"config/{experiment}.yaml"]
        return self.run(sys.executable, "-m", "snakemake", *arguments, *options, check=check)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        # PYTHONPATH comes before the editable installation, so this copy's package is the one that runs.
        path = os.pathsep.join([str(self.root / "src"), str(RECORDER)])
        environment = os.environ | {"PYTHONPATH": path, "RECORDED_IMPORTS": str(self.recorded_imports)}
        done = subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not check or done.returncode == 0, done.stdout[-5000:]
        return done

    def copy_to(self, root: Path) -> "Repository":
        shutil.copytree(self.root, root, symlinks=True)
        return Repository(root)


def fresh_copy(root: Path) -> Repository:
    """Every file of this checkout that git would track, in a new folder."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listing.stdout.splitlines():
        if (ROOT / name).exists():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    repository = Repository(root)
    repository.recorded_imports.mkdir()
    return repository


@dataclass(frozen=True)
class FinishedRun:
    """The repository after `snakemake` on the `test` experiment, what it said and how long it took."""

    repository: Repository
    output: str
    seconds: float


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> FinishedRun:
    repository = fresh_copy(tmp_path_factory.mktemp("finished") / "repository")
    started = time.monotonic()
    done = repository.snakemake()
    return FinishedRun(repository, done.stdout, time.monotonic() - started)


@pytest.fixture
def scratch(tmp_path) -> Repository:
    """A fresh copy without results, to break."""
    return fresh_copy(tmp_path / "repository")
