"""The cluster, and the runs on it: one undisturbed, one to which everything happens, one that SLURM requeues."""

from collections.abc import Callable, Iterator

import pytest
from disturbance import begin_requeue, disturb, end_requeue
from finished_run import contents, fresh_copy
from run import Run
from slurm_here import Cluster, running_cluster, why_not

TRIED = "tried on the cluster"
"""Property of a test's report that holds a row of the table."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if missing := why_not():
        pytest.fail(missing, pytrace=False)
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def undisturbed(cluster, tmp_path_factory) -> Run:
    """The whole experiment, from nothing."""
    with Run(cluster, fresh_copy(tmp_path_factory.mktemp("undisturbed") / "repository")) as run:
        run.start()
        run.finish()
    return run


@pytest.fixture(scope="session")
def requeueing(cluster, undisturbed, tmp_path_factory) -> Iterator[Run]:
    """One job whose node is lost, waiting to be started again by SLURM."""
    root = tmp_path_factory.mktemp("requeued") / "repository"
    with Run(cluster, undisturbed.repository.copy_to(root)) as run:
        begin_requeue(run)
        yield run


@pytest.fixture(scope="session")
def local_bytes(requeueing, finished) -> dict[str, bytes]:
    """Path -> content of every result of a run on this machine alone, made while the requeued job waits."""
    return contents(finished.repository.root)


@pytest.fixture(scope="session")
def requeued(requeueing, local_bytes) -> Run:
    end_requeue(requeueing)
    return requeueing


@pytest.fixture(scope="session")
def disturbed(cluster, requeued, finished, tmp_path_factory) -> Run:
    """A part of the experiment, to which everything happens."""
    with Run(
        cluster, finished.repository.copy_to(tmp_path_factory.mktemp("disturbed") / "repository")
    ) as run:
        disturb(run)
    return run


@pytest.fixture
def tried(record_property) -> Callable[[str, str, bool], bool]:
    """Put what was tried, and whether it held, into the table that is printed at the end; whether it held."""

    def judge(what: str, found: str, holds: bool) -> bool:
        record_property(TRIED, [what, found, "held" if holds else "BROKEN"])
        return holds

    return judge


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    rows = [row for report in reports for name, row in report.user_properties if name == TRIED]
    if rows:
        terminalreporter.section("on a SLURM cluster of two nodes")
        for row in [["tried", "found", "verdict"], *rows]:
            terminalreporter.write_line(" | ".join(row))
