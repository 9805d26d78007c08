"""The benchmarks that `make test` can afford: those that would else be found broken months later."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_synthetic_blocks_are_gathered(tmp_path):
    command = [sys.executable, BENCHMARKS / "synthetic_blocks.py", "2", tmp_path]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["mb_written"] > 0.0 and (tmp_path / "dataset.nc").exists()
