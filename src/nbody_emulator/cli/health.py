"""What `doctor` looks at: each matter is one function that gives a finding, all is well or a remedy."""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from nbody_emulator.identity.versions import NUMERICS, differing_installations, read_pins
from nbody_emulator.running.lock import LOCK
from nbody_emulator.running.own_tree import ForeignPackageError, require_own_package

OK, WARNING, BAD = "ok", "warning", "wrong"

RESULTS = Path("results")
PINS = Path("envs/cpu.lock")
LEAST_FREE, ENOUGH_FREE = 0.3e9, 3e9
"""Bytes: what `laptop` takes, and what leaves room for more than one experiment."""


class Finding(NamedTuple):
    """One matter: `ok`, `warning` or `wrong`, in words, and the remedy where one is needed."""

    matter: str
    state: str
    said: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.state:<7}  {self.matter}: {self.said}{f'; {self.remedy}' if self.remedy else ''}"


def in_a_checkout() -> bool:
    """Whether this folder is the root of one, so that experiments can run here."""
    return PINS.is_file() and Path("src/nbody_emulator").is_dir()


def python() -> Finding:
    """The interpreter and the package in it."""
    said = f"{platform.python_version()} in {sys.prefix}, nbody-emulator {version('nbody-emulator')}"
    return Finding("Python", OK, said)


def checkout() -> Finding:
    """Whether experiments can run here, and whether the code that would run is this checkout's."""
    if not in_a_checkout():
        said = "this folder is none; emulators can be used here, experiments cannot be run"
        return Finding("checkout", OK, said)
    try:
        require_own_package(Path())
    except ForeignPackageError as error:
        said, _, remedy = str(error).partition(": ")
        return Finding("checkout", BAD, said, remedy)
    return Finding("checkout", OK, "the code that runs is that of this folder")


def versions() -> Finding:
    """The packages that make numbers: those of the lock, in a checkout; elsewhere whether they are there."""
    if in_a_checkout():
        differing = differing_installations(read_pins(PINS))
        if differing:
            told = ", ".join(f"{name} {found} (locked: {pin})" for name, (pin, found) in differing.items())
            return Finding("versions", BAD, f"not those of {PINS}: {told}", "run `make install`")
        return Finding("versions", OK, f"those of {PINS}")
    names = [name for group in NUMERICS.values() for name in group]
    missing = [name for name in names if not _is_installed(name)]
    if missing:
        remedy = "pip install 'nbody-emulator[workflow]' brings them, if you fit or run experiments"
        return Finding("versions", WARNING, f"{', '.join(missing)} are not installed", remedy)
    return Finding("versions", OK, "all packages are there")


def float64() -> Finding:
    """Whether JAX computes with 64 bits, and on what."""
    try:
        import jax

        import nbody_emulator.double_precision  # noqa: F401

        devices = ", ".join(str(device) for device in jax.devices())
        kind = jax.numpy.ones(1).dtype
    except Exception as error:  # whatever a platform that is not there leads to
        told = " ".join(str(error).split())[:200]
        return Finding(
            "JAX", BAD, f"it does not start: {told}", "unset JAX_PLATFORMS and XLA_FLAGS, then `make install`"
        )
    if kind != "float64":
        return Finding("JAX", BAD, f"it computes in {kind} on {devices}", "unset JAX_ENABLE_X64")
    return Finding("JAX", OK, f"{version('jax')}, float64, on {devices}")


def gpu() -> Finding:
    """Whether a GPU would be used, where there is one."""
    from nbody_emulator.running.device import VISIBLE, Device

    there = sorted(each.name for each in Path("/dev").glob("nvidia[0-9]*"))
    if not there:
        return Finding("GPU", OK, "none is visible; all is computed on the processor")
    used = Device("auto", 1).gpus(os.environ)
    if used:
        return Finding("GPU", OK, f"simulations use {', '.join(used)}")
    if os.environ.get(VISIBLE) in ("", "-1"):
        return Finding(
            "GPU", WARNING, f"{len(there)} there, hidden by {VISIBLE}", f"unset {VISIBLE} to use them"
        )
    remedy = "install envs/cuda.lock (docs/cluster.md) to use them"
    return Finding("GPU", WARNING, f"{len(there)} there, and JAX has no CUDA", remedy)


def slurm() -> Finding:
    """Whether the programs of a SLURM client answer, and whether Snakemake could submit by them."""
    if shutil.which("sbatch") is None:
        return Finding("SLURM", OK, "no client here; the default profile runs on this machine")
    try:
        subprocess.run(["squeue", "--me", "--noheader"], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return Finding("SLURM", WARNING, "the client is here, its controller does not answer", "try `sinfo`")
    if not _is_installed("snakemake-executor-plugin-slurm"):
        remedy = "`make install-slurm`, then . .venv-slurm/bin/activate"
        return Finding("SLURM", WARNING, "its controller answers, and Snakemake cannot submit to it", remedy)
    return Finding("SLURM", OK, "its controller answers, and Snakemake can submit to it")


def snakemake() -> Finding:
    """Whether experiments have what runs them."""
    if Path(sys.executable).with_name("snakemake").exists():
        return Finding("Snakemake", OK, version("snakemake"))
    remedy = "`make install`, or pip install 'nbody-emulator[workflow]', if you run experiments"
    return Finding(
        "Snakemake", BAD if in_a_checkout() else WARNING, "not installed beside this Python", remedy
    )


def results_folder() -> Finding:
    """Whether results can be written."""
    folder = RESULTS if RESULTS.is_dir() else Path()
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            return Finding("results", OK, f"files can be written in {folder.resolve()}")
    except OSError as error:
        remedy = f"mend its permissions or its disk: ls -ld {folder.resolve()}"
        return Finding(
            "results", BAD, f"nothing can be written in {folder.resolve()} ({error.strerror})", remedy
        )


def disk() -> Finding:
    """Whether there is room for results."""
    free = shutil.disk_usage(Path()).free
    said = f"{free / 1e9:.1f} GB are free"
    if free < ENOUGH_FREE:
        remedy = "make room: `nbody-emulator gc` lists results that nothing refers to"
        return Finding("disk", BAD if free < LEAST_FREE else WARNING, said, remedy)
    return Finding("disk", OK, said)


def locks() -> Finding:
    """Whether a run is at work in this folder, or one that was killed left a lock."""
    if _is_held():
        return Finding(
            "locks", WARNING, "a run is at work in this folder", "wait for it or stop it before another"
        )
    if any(Path(".snakemake/locks").glob("*")):
        remedy = "nothing needs to be done: `make results` or `nbody-emulator run` clears it"
        return Finding("locks", WARNING, "a Snakemake that was killed left its lock", remedy)
    return Finding("locks", OK, "none")


def _is_held() -> bool:
    try:
        with LOCK.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


MATTERING = {
    "PYTHONPATH": "other code than this environment's may be imported",
    "PYTHONHOME": "Python may not find its own library",
    "PYTHONOPTIMIZE": "checks inside packages are skipped",
    "JAX_PLATFORMS": "it chooses where emulators compute",
    "JAX_ENABLE_X64": "this package computes in float64 whatever it says",
    "JAX_DISABLE_JIT": "emulators and simulations are slow",
    "JAX_DEBUG_NANS": "a failed run stops emulators and simulations",
    "XLA_FLAGS": "it may change the last digits",
    "SNAKEMAKE_PROFILE": "Snakemake may run otherwise than the profiles here say",
}
"""Variables of a shell, and what they may do; the jobs of an experiment run in an environment of their own."""


def shell(environment: Mapping[str, str] = os.environ) -> Finding:
    """Variables of the shell that matter."""
    found = [
        f"{name}={environment[name]} ({why})" for name, why in MATTERING.items() if environment.get(name)
    ]
    names = " ".join(name for name in MATTERING if environment.get(name))
    if found:
        return Finding("shell", WARNING, "; ".join(found), f"unset {names}, unless it is meant")
    return Finding("shell", OK, "no variable that matters is set")


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


MATTERS: tuple[Callable[[], Finding], ...] = (
    python,
    checkout,
    versions,
    snakemake,
    float64,
    gpu,
    slurm,
    results_folder,
    disk,
    locks,
    shell,
)
"""In the order in which they are told."""
