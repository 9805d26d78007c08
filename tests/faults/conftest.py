"""The table of faults: how often each was tried, and how often survived, printed at the end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from finished_run import Repository
from short_way import SHORT_WAY, forget

FAULT = "fault"
"""Property of a test's report: a fault, what is said of it, and whether it was tried and survived."""


@pytest.fixture
def trying(record_property) -> Callable[[str, str], AbstractContextManager]:
    """A block under which a fault is tried: it is survived if the block ends well."""

    @contextmanager
    def block(fault: str, said: str) -> Iterator[None]:
        row = {"fault": fault, "said": said, "tried": 1, "survived": 0}
        record_property(FAULT, row)
        yield
        row["survived"] = 1

    return block


@pytest.fixture
def not_tried(record_property) -> Callable[[str, str], None]:
    """Say in the table that a fault cannot be tried here, and skip the test."""

    def skip(fault: str, why: str) -> None:
        record_property(FAULT, {"fault": fault, "said": f"NOT TRIED: {why}", "tried": 0, "survived": 0})
        pytest.skip(why)

    return skip


@pytest.fixture
def unfinished(copy) -> Repository:
    """The finished run without some results from the first stage to the last, and without the plain names."""
    forget(copy, SHORT_WAY)
    return copy


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [
        report for kind in ("passed", "failed", "skipped") for report in terminalreporter.stats.get(kind, [])
    ]
    rows = [row for report in reports for name, row in report.user_properties if name == FAULT]
    if rows:
        terminalreporter.section("faults")
        for line in _table(rows):
            terminalreporter.write_line(line)


def _table(rows: list[dict]) -> Iterator[str]:
    """A line a fault, in the order in which they were first tried, and a line for all."""
    totals: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        total = totals.setdefault((row["fault"], row["said"]), [0, 0])
        total[0] += row["tried"]
        total[1] += row["survived"]
    yield from ("| fault | tried | survived | what is said |", "|---|---|---|---|")
    for (fault, said), (tried, survived) in totals.items():
        yield f"| {fault} | {tried} | {survived} | {said} |"
    tried, survived = (sum(row[key] for row in rows) for key in ("tried", "survived"))
    yield f"| all | {tried} | {survived} | |"
