"""The cluster, and two runs on it: one undisturbed, one to which everything happens."""

from collections.abc import Callable, Iterator

import disturbance
import pytest
from finished_run import contents, fresh_copy
from head import Head, fill_in_profile
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
def local_bytes(cluster, finished) -> dict[str, bytes]:
    """Path -> content of every result of the run on this machine alone."""
    return contents(finished.repository.root)


@pytest.fixture(scope="session")
def undisturbed(cluster, tmp_path_factory):
    """The whole experiment, from nothing."""
    repository = fresh_copy(tmp_path_factory.mktemp("undisturbed") / "repository")
    fill_in_profile(repository)
    head = Head(repository, repository.root.parent / "said.txt")
    assert head.wait(1800) == 0, head.said[-5000:]
    return disturbance.Told(repository, cluster.jobs(), head.said)


@pytest.fixture(scope="session")
def disturbed(cluster, undisturbed, finished, tmp_path_factory):
    """A part of the experiment, to which everything happens."""
    repository = finished.repository.copy_to(tmp_path_factory.mktemp("disturbed") / "repository")
    fill_in_profile(repository)
    return disturbance.disturb(cluster, repository)


@pytest.fixture
def tried(record_property) -> Callable[[str, str, bool], None]:
    """Put what was tried, and whether it held, into the table that is printed at the end."""

    def judge(what: str, found: str, holds: bool) -> None:
        record_property(TRIED, [what, found, "held" if holds else "BROKEN"])
        assert holds, f"{what}: {found}"

    return judge


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    rows = [row for report in reports for name, row in report.user_properties if name == TRIED]
    if rows:
        terminalreporter.section("on a SLURM cluster of two nodes")
        for row in [["tried", "found", "verdict"], *rows]:
            terminalreporter.write_line(" | ".join(row))
