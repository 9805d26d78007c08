"""Numbers of documents that stand in tables of benchmarks are those of the tables."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from nbody_emulator.plan.from_configuration import plan_of_file

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


LOCAL = {"tables", "figures", "metrics", "pages"}
"""Stages whose rules are local: they run beside Snakemake, and so does the export."""
EXPORT = 1


def test_what_the_cluster_is_given_is_what_its_plan_holds():
    plan = plan_of_file(ROOT / "config/cluster.yaml", ROOT)
    jobs = Counter((each.sealed, each.stage.name) for each in plan.artifacts)
    queued = {
        sealed: sum(count for (of, name), count in jobs.items() if of is sealed and name not in LOCAL)
        for sealed in (False, True)
    }
    beside = EXPORT + sum(count for (sealed, name), count in jobs.items() if not sealed and name in LOCAL)
    blocks, sealed_blocks = (jobs[sealed, "simulations"] for sealed in (False, True))
    runs, sealed_runs = (
        sum(
            plan.runs_of(each)
            for each in plan.artifacts
            if each.stage.name == "simulations" and each.sealed is of
        )
        for of in (False, True)
    )
    (measured,) = rows("scale_runs")
    seconds = sum(float(measured[f"{name}cpu_seconds_a_run"]) for name in ("", "summary_"))
    hours, sealed_hours = (f"{count * seconds / 3600:.0f}" for count in (runs, sealed_runs))
    page, scale = document("cluster.md"), document("scale.md")
    assert f"makes {blocks} blocks of at most 64 runs, {runs:,} runs in all" in page
    assert f"That is {queued[False]} jobs in the queue and {beside} beside Snakemake" in page
    assert f"some {hours} core-hours" in page
    assert f"{sealed_blocks} blocks more: {queued[True]} jobs and some {sealed_hours} core-hours" in page
    assert f"with {runs:,} open runs, is {hours} core-hours" in scale
    assert f"its {sealed_runs:,} sealed runs are {sealed_hours} more" in scale
    rest = queued[False] + beside - 2 * blocks
    assert f"{2 * 1_000_000 // 64 + rest:,} | two a block; {rest} fits" in scale
    assert (
        f"{blocks + sealed_blocks} are what the file asks for; of these {sealed_blocks} are sealed" in scale
    )


def test_the_faults_that_a_page_counts_are_those_of_its_table():
    page = document("faults.md")
    found = re.findall(r"\| ([^|]+) \| (\d+) \| (\d+) \|", page)
    (*each, (last, *of_all)) = [(what, int(tried), int(survived)) for what, tried, survived in found]
    sums = [sum(row[column] for row in each) for column in (1, 2)]
    assert last == "all" and sums == of_all
    compared = sum(tried for what, tried, _ in each if what.startswith("the results after"))
    killed = sum(tried for what, tried, _ in each if what.startswith("kill -9"))
    assert f"The table holds {sums[0] - compared} faults and one comparison" in page and compared == 1
    assert f"{sums[0] - 1} faults tried, {sums[1] - 1} survived, {killed} of them `kill -9`" in document(
        "promises.md"
    )
