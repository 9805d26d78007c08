"""Compile the hash-pinned locks in envs/ from pyproject.toml; the pins hold for Python 3.11 to 3.13."""

import subprocess
import sys
from pathlib import Path

EXTRAS = {
    "cpu": ["workflow", "dev"],
    "cuda": ["workflow", "cuda"],
    "slurm": ["workflow", "slurm"],
}
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
]

uv = Path(sys.executable).with_name("uv")
for name, extras in EXTRAS.items():
    arguments = [word for extra in extras for word in ("--extra", extra)]
    # The others follow the first lock's pins, so that identities agree between machines.
    constraint = [] if name == "cpu" else ["--constraint", "envs/cpu.lock"]
    output = ["--output-file", f"envs/{name}.lock"]
    subprocess.run(
        [uv, "pip", "compile", "pyproject.toml", *OPTIONS, *arguments, *constraint, *output], check=True
    )
