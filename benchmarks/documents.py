"""Tables of benchmarks/results in the documents that speak of them, between marks; a test holds the documents to them.

python benchmarks/documents.py
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demands import Row
from page import markdown
from stopwatch import read

from nbody_emulator.configuration.file import load
from nbody_emulator.store.documents import Marks

ROOT = Path(__file__).parents[1]
NOT_MEASURED = "Not measured.\n"
HOUR = 3600.0


@dataclass(frozen=True)
class Place:
    """Where a document shows what was measured."""

    document: str
    name: str
    told: Callable[[], str]


def table_of(name: str) -> Callable[[], str]:
    """All of a table, as it is."""

    def told() -> str:
        rows = read(name)
        if not rows:
            return NOT_MEASURED
        return markdown(tuple(rows[0]), [tuple(row.values()) for row in rows]) + "\n"

    return told


def cluster_blocks() -> str:
    """The first block of every set of the experiment for clusters, as far as they were made."""
    if not read("scale_slice_runs"):
        return NOT_MEASURED
    header = (
        "first block of",
        "runs",
        "CPU minutes, simulated",
        "summarized",
        "MB on disk",
        "peak MB",
        "star steps a run",
        "energy error: median",
        "largest",
        "halved",
        "unusable",
    )
    rows = []
    for run in read("scale_slice_runs"):
        simulated, summarized = jobs_of(run["set"])
        lost = sum(int(run[status]) for status in ("unusable", "not_finite", "unfinished"))
        rows.append(
            (
                run["set"],
                run["runs"],
                f"{float(simulated['cpu_seconds']) / 60:.1f}",
                f"{float(summarized['cpu_seconds']) / 60:.1f}",
                f"{float(simulated['disk_mb']) + float(summarized['disk_mb']):.1f}",
                f"{float(simulated['peak_mb']):.0f}",
                f"{float(run['star_steps_a_run']):.2e}",
                run["energy_error_median"],
                run["energy_error_largest"],
                run["halved"],
                str(lost),
            )
        )
    return markdown(header, rows) + "\n"


def cluster_costs() -> str:
    """What these blocks make of the experiment as it is, and of a million runs; beside it, what three runs had said."""
    if not read("scale_slice_runs"):
        return NOT_MEASURED
    sets = load(ROOT / "config/cluster.yaml").sets
    runs = {name: each.blocks * each.runs for name, each in sets.items()}
    made = [run["set"] for run in read("scale_slice_runs")]
    of_train = dict.fromkeys(runs, "train")
    own = {name: name if name in made else "train" for name in runs}
    told = {
        "open runs of the file": ({name: runs[name] for name in runs if sets[name].role != "sealed"}, own),
        "its sealed runs": ({name: runs[name] for name in runs if sets[name].role == "sealed"}, own),
        "a million training runs": ({"train": 1_000_000}, of_train),
    }
    (three,) = read("scale_runs")
    rows = []
    for what, (counts, source) in told.items():
        cpu, gigabytes = (
            sum(count * a_run(source[name], column) for name, count in counts.items())
            for column in ("cpu_seconds", "disk_mb")
        )
        total = sum(counts.values())
        before = float(three["cpu_seconds_a_run"]) + float(three["summary_cpu_seconds_a_run"])
        rows.append(
            (
                what,
                f"{total:,}",
                f"{cpu / HOUR:,.0f}",
                f"{total * before / HOUR:,.0f}",
                f"{gigabytes / 1e3:,.1f}",
            )
        )
    header = ("*estimate*", "runs", "core-hours", "core-hours by three runs", "GB on disk")
    return markdown(header, rows) + "\n"


def jobs_of(name: str) -> Sequence[Row]:
    """The rows of a set's two jobs: simulated, summarized."""
    jobs = {row["stage"]: row for row in read("scale_slice") if row["set"] == name}
    return jobs["simulations"], jobs["summaries"]


def a_run(name: str, column: str) -> float:
    """What both jobs of a set's first block took, a run."""
    return sum(float(row[column]) / float(row["runs"]) for row in jobs_of(name))


def answers() -> str:
    """What an answer of each emulator takes."""
    rate = "predictions in a CPU second"
    rows = [
        (row["emulator"], row["parameters"], f"{float(f'{1e6 / float(row[rate]):.2g}'):g}")
        for row in read("prediction_rate")
    ]
    return markdown(("emulator", "parameters", "microseconds a point"), rows) + "\n" if rows else NOT_MEASURED


PLACES = (
    Place("docs/use.md", "answers", answers),
    Place("docs/scale.md", "blocks", cluster_blocks),
    Place("docs/scale.md", "costs", cluster_costs),
    Place("docs/course.md", "scaling", table_of("course_scaling")),
    Place("docs/course.md", "powers", table_of("course_exponents")),
    Place("docs/course.md", "steps", table_of("course_steps")),
)


def with_measured(document: str, place: Place) -> str:
    """The document with what stands between the marks of the place replaced."""
    begin = f"<!-- measured: {place.name}, written by `python benchmarks/documents.py` from benchmarks/results -->\n"
    return Marks(begin, "<!-- end of measured -->\n").filled(document, place.told())


def main() -> None:
    for place in PLACES:
        path = ROOT / place.document
        path.write_text(with_measured(path.read_text(encoding="utf-8"), place), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
