"""The machine that the tables were measured on, and the versions of what was compared.

python benchmarks/machine.py
"""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from stopwatch import publish

from nbody_emulator.identity.vector_set import vector_set

COMPARED = ("jax", "jaxlib", "numpy", "numba", "rebound", "numpyro", "snakemake")


def processor() -> str:
    """The processor's name as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    cores = len(os.sched_getaffinity(0))
    facts = {"processor": processor(), "vector instructions": vector_set(), "cores": cores}
    publish(
        "machine",
        [facts | {"Python": platform.python_version()} | {name: version(name) for name in COMPARED}],
    )


if __name__ == "__main__":
    main()
