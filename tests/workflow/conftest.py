"""The table of edits and what each reran, printed at the end."""

from collections import Counter
from collections.abc import Callable

import pytest

CONTRACT = "contract"
"""Property of a test's report that holds a row of the contract's table."""


@pytest.fixture(scope="session")
def judged() -> list[str]:
    """The lines of the contract's table that were found in this process, as docs/rerun.md has them."""
    return []


@pytest.fixture
def wrongly_rerun(record_property, judged) -> Callable[[str, str, set[str], set[str]], set[str]]:
    """What was made again and should not have been, or the other way round; the table at the end shows each edit."""

    def judge(edit: str, told: str, expected: set[str], found: set[str]) -> set[str]:
        row = [edit, told, in_short(found), "holds" if found == expected else "BROKEN"]
        record_property(CONTRACT, row)
        judged.append(line_of(row))
        return found ^ expected

    return judge


def line_of(cells: list[str]) -> str:
    """A line of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


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
        for row in [["edit", "expected", "found", "verdict"], ["---"] * 4, *rows]:
            terminalreporter.write_line(line_of(row))
