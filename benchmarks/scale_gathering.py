"""Memory of gathering the summaries of 100 to 10,000 blocks of `config/cluster.yaml`'s training set into one dataset.

    python benchmarks/scale_gathering.py [blocks ...]

The blocks are made up, 128 runs each; every count is gathered by a process of its own. Goal: the same memory for all.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from stopwatch import publish

BLOCKS = (100, 1_000, 10_000)


def gathered(blocks: int) -> dict[str, float]:
    """What gathering so many blocks takes."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(__file__).with_name("synthetic_blocks.py")
        command = [sys.executable, str(script), str(blocks), folder]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"blocks": blocks, **json.loads(told)}


if __name__ == "__main__":
    publish("scale_gathering", [gathered(blocks) for blocks in map(int, sys.argv[1:] or BLOCKS)])
