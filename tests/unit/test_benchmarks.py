"""The benchmarks as far as `make test` can afford them: what would else be found broken months later."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import page  # noqa: E402


@pytest.mark.slow
def test_synthetic_blocks_are_gathered(tmp_path):
    command = [sys.executable, BENCHMARKS / "synthetic_blocks.py", "2", tmp_path]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["mb_written"] > 0.0 and (tmp_path / "dataset.nc").exists()


def test_the_page_of_speed_is_that_of_its_tables():
    assert page.page(page.read_all()) == page.PAGE.read_text()
