"""A run that is told to stop, politely or from the keyboard, stops and can be gone on with."""

import signal

import pytest
from at_work import KEPT, Run, make_results
from finished_run import contents, differing

pytestmark = pytest.mark.faults

SIGNALS = {
    "SIGTERM to make": (
        lambda run: run.process.send_signal(signal.SIGTERM),
        "Will exit after finishing currently running jobs",
    ),
    "SIGTERM to every process": (
        lambda run: run.signal_all(signal.SIGTERM),
        "Will exit after finishing currently running jobs",
    ),
    "Ctrl-C": (
        lambda run: run.signal_all(signal.SIGINT),
        "Terminating processes on user request",
    ),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_a_run_told_to_stop_says_so_and_is_gone_on_with(unfinished, finished, trying, name):
    send, said = SIGNALS[name]
    with trying(name, f"{said}; {KEPT}"):
        run = Run(unfinished).until_a_job_is_at_work()
        send(run)
        output = run.end()
        assert run.process.returncode != 0, output[-5000:]
        assert said in output and KEPT in output, output[-5000:]
        make_results(unfinished)
        assert not differing(contents(unfinished.root), contents(finished.repository.root))
