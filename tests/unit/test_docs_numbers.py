"""Numbers of documents that stand in tables of benchmarks are those of the tables."""

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def document(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())


def rows(table: str) -> list[dict[str, str]]:
    with (ROOT / f"benchmarks/results/{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", ["scale_planning", "scale_gathering"])
def test_a_table_of_the_page_is_that_of_the_benchmark(table):
    measured = rows(table)
    names = list(measured[0])
    lines = [f"| {' | '.join(cells)} |" for cells in (names, *(row.values() for row in measured))]
    told = " ".join([lines[0], f"|{'---|' * len(names)}", *lines[1:]])
    assert told in document("scale.md")


def test_what_a_million_runs_cost_follows_from_what_was_measured():
    (run,) = rows("scale_runs")
    seconds = {name: float(run[f"{name}cpu_seconds_a_run"]) for name in ("", "summary_")}
    megabytes = {name: float(run[f"{name}_mb_a_run"]) for name in ("simulation", "summary")}
    page = document("scale.md")
    hours = {name: each * 1e6 / 3600 for name, each in seconds.items()}
    assert f"{hours['']:,.0f} for simulations, {hours['summary_']:,.0f} for summaries, *estimate*" in page
    assert (
        f"{seconds['']:.1f} and {seconds['summary_']:.2f} CPU seconds a run (mean of {run['runs']} runs)"
        in page
    )
    assert f"{sum(megabytes.values()):.2f} TB, *estimate*" in page
    assert (
        f"{megabytes['simulation']:.2f} MB a run of states and {1e3 * megabytes['summary']:.0f} kB of summaries"
        in page
    )
    assert f"{64 * seconds[''] / 60:.0f} minutes on one core (*estimate*" in page


def test_what_is_promised_of_scale_is_what_was_measured():
    page = document("promises.md")
    largest = rows("scale_planning")[-1]
    assert largest["blocks"] == "10000" and largest["command"] == "--dry-run"
    seconds, gigabytes = float(largest["cpu_seconds"]), float(largest["peak_mb"]) / 1e3
    assert f"{seconds:.0f} CPU seconds beside four other processes, {gigabytes:.2f} GB" in page
    first, *others, last = (f"{float(row['peak_mb']):.0f}" for row in rows("scale_gathering"))
    assert f"{first}, {', '.join(others)} and {last} MB for 100, 1,000 and 10,000 blocks" in page
