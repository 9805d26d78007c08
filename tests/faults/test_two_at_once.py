"""Two `make results` in one folder: one is refused, the other does not notice."""

import pytest
from at_work import Run
from finished_run import contents, differing

pytestmark = pytest.mark.faults

SAID = "another run is at work in this folder; wait for it or stop it first"


def test_of_two_runs_started_together_one_is_refused(unfinished, finished, trying):
    with trying("two `make results` at once", SAID):
        both = [Run(unfinished), Run(unfinished)]
        outputs = [run.end() for run in both]
        assert sorted(run.process.returncode == 0 for run in both) == [False, True], outputs
        assert SAID in next(run.output for run in both if run.process.returncode)
        assert not differing(contents(unfinished.root), contents(finished.repository.root))
