"""The environment in which the jobs of an experiment compute: on how many threads, with which compiled code."""

import platform
from pathlib import Path

from nbody_emulator.identity.canonical import digest

COMPILED = Path("results/compiled")

# Jobs fill the cores; more threads inside one would only make two of them hurt each other (by 30 % when measured).
ONE_THREAD = {"NPROC": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def job_environment() -> dict[str, str]:
    """Variables for all jobs; none of them can change a result on one platform.

    Code compiled by one job is kept for the next, apart for each kind of machine.
    """
    cache = {
        "JAX_COMPILATION_CACHE_DIR": str((COMPILED / machine_type()).absolute()),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    return ONE_THREAD | cache


def machine_type(information: Path = Path("/proc/cpuinfo")) -> str:
    """The kind of processor, e.g. `x86_64-0ba55c1f`: what is compiled for one may not run on another.

    Every feature of the processor counts, not only the vector instructions on which the bits of a result depend.
    """
    told = information.read_text().splitlines() if information.exists() else [platform.processor()]
    features = {line for line in told if line.startswith(("flags", "Features", "model name", "CPU part"))}
    return f"{platform.machine()}-{digest(repr(sorted(features)))[:8]}"
