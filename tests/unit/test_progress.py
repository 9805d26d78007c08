"""What is told while a run goes on: runs and all other work, with an estimate only where there is one."""

import time

from nbody_emulator.running.progress import Work, watch

TIMINGS = {"fits": {"jobs": 2, "seconds": 120.0}, "tables": {"jobs": 10, "seconds": 10.0}}


def test_other_work_is_estimated_from_the_last_time_and_shared_by_the_cores():
    work = Work.of(["fits", "fits", "tables"], TIMINGS, cores=2)
    assert (work.jobs, work.fits, work.seconds) == (3, 2, 60.5)
    assert str(work) == "3 other jobs, 2 of them fits, about 60 s as last time"


def test_work_that_was_never_done_has_no_estimate():
    assert (
        str(Work.of(["fits", "figures"], TIMINGS, 2))
        == "2 other jobs, 1 of them fits, whose time is not known yet"
    )


def test_the_last_line_about_runs_does_not_say_that_nothing_is_left(tmp_path):
    told, tally = [], tmp_path / "job.runs"
    watch({tally: 3}, Work.of(["fits"], TIMINGS, 1), told.append, every_seconds=0.01)
    for done in range(4):
        tally.write_bytes(b"." * done)
    deadline = time.monotonic() + 30.0
    while not (told and told[-1].startswith("runs: 3 of 3")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (
        told[-1] == "runs: 3 of 3 done, no run is left; 1 other jobs, 1 of them fits, about 60 s as last time"
    )
