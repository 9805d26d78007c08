"""The environment in which the jobs of an experiment compute: a known one, whatever the shell that began the run."""

import platform
from collections.abc import Mapping
from pathlib import Path

from nbody_emulator.identity.canonical import digest
from nbody_emulator.identity.pinned_environment import PINNED

COMPILED = Path("results/compiled")

INHERITED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "CUDA_VISIBLE_DEVICES",
    # A cluster's Python may find its own libraries by it alone; those of the numerics packages are found by name.
    "LD_LIBRARY_PATH",
)
"""Variables that say where things are, not how to compute."""

INHERITED_FAMILIES = ("SLURM", "NBODY_EMULATOR_")
"""Beginnings of names: a scheduler's, and our own (the mark of the lock)."""


def job_environment(given: Mapping[str, str]) -> dict[str, str]:
    """All that a job may know of the environment `given`, and what is pinned.

    Of its own answer it gives the same again, so that a process can tell whether it runs in it.
    """
    inherited = {
        name: value
        for name, value in given.items()
        if name in INHERITED or name.startswith(INHERITED_FAMILIES)
    }
    return inherited | PINNED | compilation_cache()


def compilation_cache() -> dict[str, str]:
    """Code compiled by one job is kept for the next, apart for each kind of machine."""
    return {
        "JAX_COMPILATION_CACHE_DIR": str((COMPILED / machine_type()).absolute()),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def machine_type(information: Path = Path("/proc/cpuinfo")) -> str:
    """The kind of processor, e.g. `x86_64-0ba55c1f`: what is compiled for one may not run on another.

    Every feature of the processor counts, not only the vector instructions on which the bits of a result depend.
    """
    told = information.read_text().splitlines() if information.exists() else [platform.processor()]
    features = {line for line in told if line.startswith(("flags", "Features", "model name", "CPU part"))}
    return f"{platform.machine()}-{digest(repr(sorted(features)))[:8]}"
