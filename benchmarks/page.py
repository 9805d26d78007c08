"""docs/performance.md and its figure, from the tables that the other benchmarks left in benchmarks/results.

No measurement is written here: what was not measured stays blank. What was missed comes first.

    python benchmarks/page.py
"""

import csv
import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from page_figure import draw
from stopwatch import RESULTS

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
LEAST = {0.05: 8.0, 0.005: 12.0}
"""How many times quicker than REBOUND's best we ask to be, by softening in scale radii."""
HOPED = {0.05: 10.0, 0.005: 20.0}
SAVED = "times fewer star steps than with the shortest step for all"
SEEDS_ASKED = 4
"""Errors scatter so much that the median of fewer decides nothing."""

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Demand:
    """What was asked beside what was measured; None where nothing was."""

    what: str
    asked: float | None
    measured: float | None
    at_least: bool = True
    note: str = ""
    seeds: int = SEEDS_ASKED

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        if self.seeds < SEEDS_ASKED:
            return "too few seeds"
        return "met" if (self.measured >= self.asked) == self.at_least else "**missed**"

    @property
    def cells(self) -> tuple[str, ...]:
        sign = "at least" if self.at_least else "at most"
        measured = "" if self.measured is None else f"{self.measured:.3g}"
        asked = "" if self.asked is None else f"{sign} {self.asked:g}"
        return self.verdict, self.what, asked, measured, self.note


ORDER = ("**missed**", "too few seeds", "not measured", "met")


@dataclass(frozen=True)
class Section:
    """A table of the page: the CSV file of this name, the command that makes it, and what to know in reading it."""

    title: str
    table: str
    command: str
    words: str


SECTIONS = (
    Section(
        "The machine",
        "machine",
        "python benchmarks/machine.py",
        "What measured the tables of this page, but for those that say otherwise.",
    ),
    Section(
        "Time to solution",
        "time_to_solution",
        "python benchmarks/time_to_solution.py",
        "CPU seconds to follow a Plummer sphere with Kroupa masses for ten crossing times at a largest |dE/E|.\n\n"
        "- Medians over seeds, of the quickest solver of each side for each seed; ratios are those of the seeds that "
        "both sides have.\n"
        "- Errors scatter by a factor of ten from seed to seed at one setting.\n"
        "- The states whose energies tell the error, 8 a unit of time, are looked at outside the time taken on both "
        "sides. Ours includes our own audit of the energy whenever all stars are together.\n"
        "- REBOUND is the prebuilt wheel from PyPI, not compiled for this machine.\n"
        "- Where a run of REBOUND's was given up, as many as the column says, its time is that of giving up: the ratio "
        "is a lower bound.\n"
        "- Where few of REBOUND's solvers were run, the best of them need not be REBOUND's best: "
        "`time_to_solution_runs.csv` has every run.",
    ),
    Section(
        "Sums over pairs",
        "force_sums",
        "python benchmarks/force_sums.py",
        "Ordered pairs a second on one core, float64, against numba's plain double loops with `fastmath`.",
    ),
    Section(
        "Ways to write the sum",
        "force_layouts",
        "python benchmarks/force_layouts.py",
        "The same accelerations on one core inside a loop of kicks and drifts: what the package's choices are worth.",
    ),
    Section(
        "The same without AVX-512",
        "force_layouts_avx2",
        "python benchmarks/force_layouts.py",
        "Such a processor has no vector instruction for the reciprocal root: there the package chooses the last line.",
    ),
    Section(
        "Cost against number of stars",
        "cost_against_stars",
        "python benchmarks/cost_curves.py stars",
        "`block_hermite4`, accuracy 0.02, softening 0.05 scale radii, one core, one cluster a row. The start "
        "works out two further derivatives of all forces to choose first steps, once a run.",
    ),
    Section(
        "Cost against batch size",
        "cost_against_batches",
        "python benchmarks/cost_curves.py batches",
        "Runs of 128 stars over a crossing time, side by side in one call on one core. `block_hermite4` takes runs one "
        "after another and has no such curve.",
    ),
    Section(
        "Memory",
        "memory",
        "python benchmarks/cost_curves.py memory",
        "Peak of a process that takes all runs through one call; `block_hermite4` takes them one after another.",
    ),
    Section(
        "Growth of gradients",
        "gradient_horizon",
        "python benchmarks/gradient_growth.py",
        "|d outcome / d position| through `evolve`, the outcome being the mean distance of the stars from the centre. "
        "Differences part where no central difference, of whatever width, comes within 1e-3 of the gradient. "
        "`gradient_growth.csv` has every duration.",
    ),
    Section(
        "Block steps",
        "block_steps",
        "python benchmarks/block_steps.py",
        "What a block step costs, and what block steps save: against the shortest step of the moment for all, and "
        "against `hermite4` of the same accuracy. The clusters of the first table, ten crossing times, accuracy 0.01, "
        "medians over four seeds.",
    ),
    Section(
        "Clusters as small as the default experiment's",
        "long_runs",
        "python benchmarks/block_steps.py",
        "128 stars with Kroupa masses followed for 50 Myr by `block_hermite4`, accuracy 0.0075, eight seeds.",
    ),
    Section(
        "Leapfrog against REBOUND's",
        "leapfrog_against_rebound",
        "python benchmarks/leapfrog_against_rebound.py",
        "The same stars, softening and step: millions of ordered pairs a second, in wall time. One seed only.",
    ),
    Section(
        "Integrators in the default experiment",
        "integrators",
        "python benchmarks/integrators.py",
        "Its first runs, each integrator at a ladder of settings.",
    ),
    Section(
        "Predictions of an emulator",
        "prediction_rate",
        "python benchmarks/prediction_rate.py",
        "Mean and total variance of a network ensemble with random weights, of the size that the default experiment "
        "trains, through `Emulator.predict`, box check included, on all cores, in wall time.",
    ),
    Section(
        "Sums over pairs on a GPU",
        "device_pairs",
        "make benchmark-gpu",
        "Ordered pairs a second of a batch of clusters side by side, compilation apart. The issue bound is what the "
        "chip could do were every arithmetic lane busy at every tick; it is known for H200, H100 and A100 (SXM).",
    ),
    Section(
        "Clusters an hour on a GPU",
        "device_runs",
        "make benchmark-gpu",
        "256 clusters of the default experiment's kind, 50 Myr, side by side in one call, float64, each once; the call "
        "ends with the slowest.",
    ),
)


def read(name: str) -> list[Row]:
    """The rows of a table, none if it was never made."""
    path = RESULTS / f"{name}.csv"
    if not path.exists():
        return []
    with path.open() as file:
        return list(csv.DictReader(file))


def demands(tables: Tables) -> Iterator[Demand]:
    """Everything asked of this package's speed."""
    sums = tables["force_sums"]
    for name, least in (("acceleration", 0.8), ("acceleration + jerk", 0.7)):
        mine = [row for row in sums if row["sum"] == name and int(row["stars"]) >= 256]
        worst = min(mine, key=lambda row: float(row["ours over numba"]), default=None)
        yield Demand(
            f"{name}: pairs a second over numba's, the worst from N = 256 up",
            least,
            float(worst["ours over numba"]) if worst else None,
            note=f"at N = {worst['stars']}" if worst else "",
        )
    yield from (_against_rebound(row) for row in tables["time_to_solution"])
    yield from _of_block_steps(tables)
    yield Demand(
        "memory of 64 clusters of N = 2048 in one process [GB]",
        1.0,
        _only(tables["memory"], lambda row: float(row["peak [GB]"])),
        at_least=False,
        note="one after another",
    )
    horizon = [_number(row["gradient passes 1e3 [crossing times]"]) for row in tables["gradient_horizon"]]
    yield Demand(
        "gradients: crossing times until they pass 1e3, median over seeds",
        5.0,
        statistics.median(horizon) if horizon else None,
    )
    yield Demand(
        "predictions of the network ensemble a second",
        _only(tables["prediction_rate"], lambda row: float(row["goal"])),
        _only(tables["prediction_rate"], lambda row: float(row["predictions_per_second"])),
        note="random weights; two cores",
    )
    yield _of_issue_bound(tables["device_pairs"])


PROTOTYPE = {
    ("128", "0.05"): {"block step [us]": 15.0},
    ("256", "0.05"): {"block step [us]": 28.0, SAVED: 13.0, "pairs executed over needed": 1.4},
    ("256", "0.005"): {SAVED: 25.0},
    ("1024", "0.05"): {"block step [us]": 250.0, SAVED: 13.0, "pairs executed over needed": 1.16},
}
"""What a prototype of block steps reached, by stars and softening in scale radii."""


def _of_block_steps(tables: Tables) -> Iterator[Demand]:
    rows = {(row["stars"], row["softening [scale radii]"]): row for row in tables["block_steps"]}
    for place, reached in PROTOTYPE.items():
        for column, value in reached.items():
            yield Demand(
                f"block steps, N = {place[0]}, softening {place[1]} a: {column}",
                value,
                float(rows[place][column]) if place in rows else None,
                at_least=column == SAVED,
                note="a prototype's",
            )
    long = next((row for row in tables["long_runs"] if row["scale radius [pc]"] == "1"), None)
    for column, value in (("CPU seconds, median", 0.22), ("energy error, largest", 2e-7)):
        yield Demand(
            f"N = 128 through 50 Myr, a = 1 pc, softening 0.05 pc: {column}",
            value,
            float(long[column]) if long else None,
            at_least=False,
            note="a prototype's",
        )


def _against_rebound(row: Row) -> Demand:
    softening = float(row["softening [a]"])
    ratio, seeds = row["REBOUND over ours"], row["seeds of both"]
    given_up = f"; REBOUND given up in {row['of which at least']}" if int(row["of which at least"]) else ""
    return Demand(
        f"time to solution over REBOUND's best: N = {row['stars']}, softening {row['softening [a]']} a, "
        f"dE/E {row['max|dE/E|']}",
        LEAST[softening],
        float(ratio) if ratio else None,
        note=f"hoped: {HOPED[softening]:g}; seeds: {seeds}{given_up}",
        seeds=int(seeds),
    )


def _of_issue_bound(rows: list[Row]) -> Demand:
    asked = [row for row in rows if row["precision"] == "float64" and int(row["stars"]) >= 256]
    known = [row for row in asked if row["share of issue bound"]]
    worst = min(known, key=lambda row: float(row["share of issue bound"]), default=None)
    found = "{sum}, batch {batch}, N = {stars}, {device}".format_map(worst) if worst else ""
    left_out = (
        f"{len(asked) - len(known)} of {len(asked)} rows have no share" if len(known) < len(asked) else ""
    )
    nothing = "" if rows else "no GPU was at hand; its code path is tested on the CPU"
    return Demand(
        "share of a GPU's issue bound, float64, the worst from N = 256 up",
        0.4,
        float(worst["share of issue bound"]) if worst else None,
        note="; ".join(filter(None, (found, left_out, nothing))),
    )


def _only(rows: list[Row], value: Callable[[Row], float]) -> float | None:
    return value(rows[0]) if rows else None


def _number(cell: str) -> float:
    """A cell as a number; one beyond what was measured, "> 8", as infinite."""
    return math.inf if cell.startswith(">") else float(cell)


def markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table; bars within cells would end them."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def section(part: Section, rows: list[Row]) -> str:
    table = markdown(tuple(rows[0]), [tuple(row.values()) for row in rows]) if rows else "Not measured."
    return f"## {part.title}\n\n{part.words}\n\n`{part.command}`\n\n{table}\n"


def page(tables: Tables) -> str:
    asked = sorted(demands(tables), key=lambda demand: ORDER.index(demand.verdict))
    counts = ", ".join(
        f"{sum(demand.verdict == verdict for demand in asked)} {verdict.strip('*')}" for verdict in ORDER
    )
    head = (
        "# Speed, measured\n\n"
        "Made by `make benchmark` from the tables in `benchmarks/results`; no measurement here is written by hand. CPU "
        "seconds on one core unless it says otherwise, with other work on the machine at the same time. Commands want "
        "the environment activated: `. .venv/bin/activate`.\n\n"
        f"Of our goals: {counts}.\n\n"
    )
    header = ("verdict", "what", "goal", "measured", "note")
    return (
        head
        + markdown(header, [demand.cells for demand in asked])
        + "\n\n![Tables of this page as curves, those that were measured](performance.svg)\n\n"
        + "\n".join(section(part, tables[part.table]) for part in SECTIONS)
    )


def read_all() -> Tables:
    """All tables that the page and its figure show, by name."""
    names = {part.table for part in SECTIONS} | {"time_to_solution_runs", "gradient_growth"}
    return {name: read(name) for name in sorted(names)}


def main() -> None:
    tables = read_all()
    PAGE.write_text(page(tables))
    draw(tables, PAGE.with_suffix(".svg"))
    print(PAGE)


if __name__ == "__main__":
    main()
