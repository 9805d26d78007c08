"""Snakemake's linter but for its one complaint that does not hold here: that no rule names a conda environment.

The whole experiment runs in the environment of envs/cpu.lock, which `make` installs; conda would build one beside it.
"""

import subprocess
import sys
from collections.abc import Iterator

EXPECTED = "Specify a conda environment or container for each rule."
WHERE, WHAT = "Lints for ", "    * "
"""How the lines begin that say what a complaint is about, and what it is; the others explain it."""


def complaints(told: str) -> Iterator[str]:
    """Each complaint of what the linter told, in one line."""
    where = ""
    for line in told.splitlines():
        if line.startswith(WHERE):
            where = line.removeprefix(WHERE)
        if line.startswith(WHAT):
            yield f"{where} {line.removeprefix(WHAT).removesuffix(':')}"


if __name__ == "__main__":
    linter = [sys.executable, "-m", "snakemake", "--lint", *sys.argv[1:]]
    done = subprocess.run(linter, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = list(complaints(done.stdout))
    if done.returncode and not found:
        sys.exit(done.stdout)
    sys.exit("\n".join(line for line in found if not line.endswith(EXPECTED)) or 0)
