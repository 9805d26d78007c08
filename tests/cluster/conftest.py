"""The cluster, and the runs on it: one from nothing, one to which everything happens, one that SLURM requeues."""

from collections.abc import Callable, Iterator

import pytest
from disturbance import disturb, planned, requeue
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


FROM_NOTHING = (
    "fit of linear",
    "learning curve of linear",
    "what observations tell",
    "the runs at draws from posteriors",
    "figure of evolution",
)
"""From these on back: every rule of the queue but the predictions, which want all fits and are made in another run."""


@pytest.fixture(scope="session")
def undisturbed(cluster, tmp_path_factory) -> Run:
    """From nothing to new runs at draws from posteriors."""
    with Run(cluster, fresh_copy(tmp_path_factory.mktemp("undisturbed") / "repository")) as run:
        artifacts = planned(run.repository).artifacts
        run.start(*(item.path() for item in artifacts if item.title in FROM_NOTHING))
        run.finish()
    return run


@pytest.fixture(scope="session")
def local_bytes(finished) -> dict[str, bytes]:
    """Path -> content of every result of a run on this machine alone."""
    return contents(finished.repository.root)


@pytest.fixture(scope="session")
def requeued(cluster, finished, tmp_path_factory) -> Run:
    """A finished run of which one job is made again, whose node is lost, and which SLURM starts again."""
    root = tmp_path_factory.mktemp("requeued") / "repository"
    with Run(cluster, finished.repository.copy_to(root)) as run:
        requeue(run)
    return run


@pytest.fixture(scope="session")
def disturbed(cluster, finished, tmp_path_factory) -> Run:
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
