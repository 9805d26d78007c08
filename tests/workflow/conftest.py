"""The table of edits and what each reran, printed at the end."""

from collections import Counter
from collections.abc import Callable

import pytest

CONTRACT = "contract"
"""Property of a test's report that holds a row of the contract's table."""


@pytest.fixture
def verdict(record_property) -> Callable[[str, str, set[str], set[str]], None]:
    """Compare what was made again with what should have been, and put it into the table that is printed at the end."""

    def judge(edit: str, told: str, expected: set[str], found: set[str]) -> None:
        record_property(CONTRACT, [edit, told, in_short(found), "holds" if found == expected else "BROKEN"])
        assert found == expected

    return judge


def in_short(titles: set[str]) -> str:
    """The titles, or how many of each kind there are."""
    if len(titles) <= 2:
        return ", ".join(sorted(titles)) or "nothing"
    kinds = Counter(title.split(" of ")[0] for title in sorted(titles))
    return ", ".join(kind if count == 1 else f"{count} x {kind}" for kind, count in kinds.items())


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    rows = [row for report in reports for name, row in report.user_properties if name == CONTRACT]
    if rows:
        terminalreporter.section("the rerun contract")
        for row in [["edit", "expected", "found", "verdict"], *rows]:
            terminalreporter.write_line(" | ".join(row))
