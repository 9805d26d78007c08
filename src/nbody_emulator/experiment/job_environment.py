"""The environment in which the jobs of an experiment compute: where, on how many threads, with which compiled code."""

from pathlib import Path

from nbody_emulator.provenance import platform_name

COMPILED = Path("results/compiled")

DEVICES = {
    "auto": {},
    "cpu": {"JAX_PLATFORMS": "cpu"},
    "gpu": {"JAX_PLATFORMS": "cuda"},
}
"""Device -> its variables; with a platform named, JAX fails where it is missing instead of falling back."""

# Jobs fill the cores; more threads inside one would only make two of them hurt each other (by 30 % when measured).
ONE_THREAD = {"NPROC": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def job_environment(device: str) -> dict[str, str]:
    """Variables for jobs that compute on `device`; none of them can change a result on one platform.

    Code compiled by one job is kept for the next, apart for each kind of machine.
    """
    cache = {
        "JAX_COMPILATION_CACHE_DIR": str((COMPILED / platform_name().replace(" ", "-")).absolute()),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    return DEVICES[device] | ONE_THREAD | cache
