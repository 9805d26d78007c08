"""Time and memory of planning `config/cluster.yaml` as it is and with more blocks of training runs.

    python benchmarks/scale_planning.py [blocks ...]

`snakemake --version` is Snakemake without an experiment; `--list-rules` parses the Snakefile, as every job of a
cluster does once; `--dry-run` builds the whole graph of jobs. Goals for 10,000 blocks of simulations: a parse adds less
than 2 s, a dry run takes less than 60 s and 2 GB. CPU seconds tell what the machine would have needed alone.
"""

import os
import sys
import tempfile
from pathlib import Path

from stopwatch import publish, used

from nbody_emulator.configuration.file import load

CONFIG = Path("config/cluster.yaml")
BLOCKS = (229, 1_000, 10_000)
QUESTIONS = ("--list-rules", "--dry-run")


def asked(*options: str) -> dict[str, float]:
    """What Snakemake takes to answer."""
    return used([sys.executable, "-m", "snakemake", *options])._asdict()


def with_blocks(count: int, folder: Path) -> list[str]:
    """Options for `count` blocks of simulations in all; further ones are training runs."""
    sets = load(CONFIG).sets
    others = sum(run_set.blocks for name, run_set in sets.items() if name != "train") + 1  # the repeated runs
    changed = folder / "blocks.yaml"
    changed.write_text(f"sets: {{train: {{blocks: {count - others}}}}}\n")
    return ["--configfile", str(CONFIG), str(changed)]


def main(counts: list[int]) -> None:
    rows = [{"blocks": 0, "command": "--version", **asked("--version")}]
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            for question in QUESTIONS:
                told = asked(question, *with_blocks(count, Path(folder)), "--cores", "1", "--quiet")
                rows.append({"blocks": count, "command": question, **told})
    publish("scale_planning", rows)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[1])
    main(list(map(int, sys.argv[1:] or BLOCKS)))
