"""The clock is set back between two runs: everything that is there bears a date in the future."""

import os
import time

import pytest
from at_work import make_results
from finished_run import contents, differing

pytestmark = pytest.mark.faults

A_YEAR = 365 * 86400


def test_results_dated_in_the_future_are_used_as_they_are(unfinished, finished, trying):
    with trying("the clock set back by a year", "the clock was set back"):
        for path in unfinished.root.rglob("*"):
            if path.is_file():
                os.utime(path, times=(time.time() + A_YEAR,) * 2)
        before = finished_receipts(unfinished)
        output = make_results(unfinished)
        assert "the clock was set back" in output
        assert not differing(contents(unfinished.root), contents(finished.repository.root))
        assert finished_receipts(unfinished).items() >= before.items()
        assert "Nothing to be done" in make_results(unfinished)


def finished_receipts(repository) -> dict[str, bytes]:
    """They say when a result was made, so they change if it is made again."""
    return {
        str(path): path.read_bytes() for path in (repository.root / "results/store").rglob("receipt.json")
    }
