"""What is asked of this package's speed, beside what the tables in benchmarks/results say."""

import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
        300_000.0,
        _only(
            [row for row in tables["prediction_rate"] if row["emulator"] == "laptop/network"],
            lambda row: float(row["predictions in a CPU second"]),
        ),
        note="that of `laptop`, on one core",
    )
    yield from _against_tinygp(tables)
    yield from _of_posteriors(tables)
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
    middle = ("1", "0.05")
    long = next(
        (row for row in tables["long_runs"] if (row["scale radius [pc]"], row["softening [pc]"]) == middle),
        None,
    )
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


def _against_tinygp(tables: Tables) -> Iterator[Demand]:
    """Ours earns its place only where it is quicker than both of its rivals."""
    for what, table, column in (
        ("value and gradient of a Gaussian process's likelihood", "process_likelihood", "over ours"),
        ("fit of a Gaussian process, compiled before", "process_fits", "over ours, compiled before"),
    ):
        rivals = [row for row in tables[table] if row["likelihood"] != "ours"]
        ratios = [float(row[column]) for row in rivals]
        yield Demand(
            f"{what}: times quicker than with tinygp's", 1.0, min(ratios, default=None), note="the worst"
        )


@dataclass(frozen=True)
class Goal:
    """What is asked of a column of a method's table: of each row, or of the worst."""

    column: str
    asked: float
    at_least: bool = False
    of_each: bool = False
    measured: Callable[[float], float] = float
    words: str = ""


SHIFT = "shift [sd], median"
METHODS = {
    "posterior_tables": (
        "posterior by the table",
        (Goal("an observation [s], median", 0.1), Goal("an observation [CPU s], median", 0.1)),
    ),
    "posterior_chains": (
        "posterior by chains",
        (
            Goal("pass all checks [%]", 99.0, at_least=True),
            Goal("an observation [CPU s]", 1.0, of_each=True),
            Goal(SHIFT, 0.1),
            Goal(
                "width over the table's, median",
                0.05,
                measured=lambda ratio: abs(ratio - 1.0),
                words="width over the table's, median, apart from 1",
            ),
        ),
    ),
    "posterior_flows": (
        "posterior by flows",
        (
            Goal("training [CPU s]", 60.0),
            Goal("2,000 draws [s], median", 0.1),
            Goal("2,000 draws [CPU s], median", 0.1),
            Goal(SHIFT, 0.3),
        ),
    ),
    "posterior_evidences": (
        "evidence by nested slices",
        (Goal("an evidence [CPU s], median", 2.0, of_each=True),),
    ),
}
"""By table: what is told there, and what is asked of it."""


def _of_posteriors(tables: Tables) -> Iterator[Demand]:
    """Nothing is asked of rivals, nor of other ways to the evidence."""
    for table, (what, goals) in METHODS.items():
        rows = [
            row
            for row in tables[table]
            if row.get("by", "ours") == "ours" and row.get("evidence by", "nested_slice") == "nested_slice"
        ]
        for goal in goals:
            told = f"{what}: {goal.words or goal.column}"
            found = sorted(
                ((goal.measured(float(row[goal.column])), _which(row)) for row in rows),
                reverse=not goal.at_least,
            )
            worst = found if goal.of_each else found[:1]
            for value, note in worst or [(None, "")]:
                note = note if goal.of_each or not note else f"the worst: {note}"
                yield Demand(told, goal.asked, value, at_least=goal.at_least, note=note)


def _which(row: Row) -> str:
    a_call = f", {row['a call']} a call" if "a call" in row else ""
    return f"{row['family']}{a_call}; observations: {row['observations']}"


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
