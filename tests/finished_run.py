"""A copy of this repository in which the `test` experiment has been run once, for all tests of the workflow to read."""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RECORDER = Path(__file__).parent / "workflow" / "recorder.py"

# Behind the last line of workflow/job.py: jobs run in an environment of their own, which nothing here can reach.
RECORDING = """
note_imports = runpy.run_path("{recorder}")["note_imports"]
note_imports(globals(), TREE.parent / "recorded_imports")
"""


@dataclass(frozen=True)
class Repository:
    """A working copy of the repository."""

    root: Path

    @property
    def recorded_imports(self) -> Path:
        """Where jobs note what they imported."""
        return self.root.parent / "recorded_imports"

    @property
    def environment(self) -> dict[str, str]:
        """What this copy's code runs in."""
        # PYTHONPATH comes before the editable installation, so this copy's package is the one that runs.
        return os.environ | {"PYTHONPATH": str(self.root / "src")}

    def snakemake(
        self, *arguments: str, experiment: str = "test", check: bool = True
    ) -> subprocess.CompletedProcess:
        """Run Snakemake here as `make` does, with this copy's code."""
        options = ["--cores", "2", "--configfile", f"config/{experiment}.yaml"]
        return self.run(sys.executable, "-m", "snakemake", *arguments, *options, check=check)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not check or done.returncode == 0, done.stdout[-5000:]
        return done

    def copy_to(self, root: Path) -> "Repository":
        shutil.copytree(self.root, root, symlinks=True)
        return _with_room_for_notes(Repository(root))


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the stores and of the plain names; receipts and timings say when, and are left out."""
    folders = (root / "results/store", root / "results/test")
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    volatile = ("receipt.json", "timings.json", "costs.csv", "costs.svg", "costs.pdf", "costs.png")
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.name not in volatile}


def differing(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    """Names of the files that are not in both with the same bytes."""
    return sorted(path for path in found.keys() | expected.keys() if found.get(path) != expected.get(path))


def own_files() -> list[str]:
    """Names of all files of this checkout that git would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted(name for name in listing.stdout.splitlines() if (ROOT / name).exists())


def fresh_copy(root: Path) -> Repository:
    """Every file of this checkout that git would track, in a new folder."""
    for name in own_files():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return _with_room_for_notes(Repository(root))


def state_of_the_checkout() -> str:
    """Digest of all that a run may depend on: the files, where they are, and the machine."""
    digest = hashlib.sha256(f"{ROOT} {platform.node()} {sys.version}".encode())
    for name in own_files():
        digest.update(f"{name} {hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12]


def _with_room_for_notes(repository: Repository) -> Repository:
    repository.recorded_imports.mkdir()
    return repository


@dataclass(frozen=True)
class FinishedRun:
    """The repository after `snakemake` on the `test` experiment, what it said and how long it took."""

    repository: Repository
    output: str
    seconds: float


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Let one worker at a time past, by the kernel's lock on `path`."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_the_experiment(folder: Path) -> None:
    """Run it in `folder`/repository, and leave there what it said and how long it took."""
    repository = fresh_copy(folder / "repository")
    with (repository.root / "workflow/job.py").open("a") as job:
        job.write(RECORDING.format(recorder=RECORDER))
    started = time.monotonic()
    done = repository.snakemake()
    told = {"output": done.stdout, "seconds": time.monotonic() - started}
    (folder / "told.json").write_text(json.dumps(told))


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> FinishedRun:
    """Made once for a state of the checkout, for all workers and the next calls of pytest.

    It is to be read, and copied before anything is changed or run.
    """
    own = tmp_path_factory.getbasetemp()
    session = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    base = session.parent / "finished"
    base.mkdir(exist_ok=True)
    folder = base / state_of_the_checkout()
    with alone_with(folder.with_suffix(".lock")):
        if not (folder / "told.json").exists():
            delete_old(base)
            shutil.rmtree(folder, ignore_errors=True)
            run_the_experiment(folder)
    return FinishedRun(Repository(folder / "repository"), **json.loads((folder / "told.json").read_text()))


def delete_old(base: Path) -> None:
    """Those of other states that no session still at work can be reading."""
    for told in base.glob("*/told.json"):
        if time.time() - told.stat().st_mtime > 24 * 3600:
            shutil.rmtree(told.parent)


@pytest.fixture
def copy(finished, tmp_path) -> Repository:
    """A copy of the finished run, to edit."""
    return finished.repository.copy_to(tmp_path / "repository")


@pytest.fixture
def scratch(tmp_path) -> Repository:
    """A fresh copy without results, to break."""
    return fresh_copy(tmp_path / "repository")
