"""Whether a goal was reached: met or missed only where the error of what was measured leaves no doubt."""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from math import inf
from typing import Any

from nbody_emulator.report import numbers

ERRORS = 2.0
"""Standard errors to either side of a number, where no 95 % interval stands beside it."""


class Verdict(Enum):
    """What becomes of a goal."""

    MET = "met"
    MISSED = "missed"
    OPEN = "not decided"


def ends(entry: numbers.Entry) -> tuple[float, float]:
    """Ends of the 95 % interval, or what two standard errors reach; endless where no error is known."""
    lower, upper = entry.get("lower"), entry.get("upper")
    if lower is not None and upper is not None and numbers.is_known(lower) and numbers.is_known(upper):
        return lower, upper
    value, error = entry["value"], entry.get("standard_error")
    if value is None or error is None or not (numbers.is_known(value) and numbers.is_known(error)):
        return -inf, inf
    return value - ERRORS * error, value + ERRORS * error


def at_most(entry: numbers.Entry, target: float) -> Verdict:
    """Whether a number is surely below its target, surely above, or neither."""
    low, high = ends(entry)
    if high < target:
        return Verdict.MET
    return Verdict.MISSED if low > target else Verdict.OPEN


def together(verdicts: Collection[Verdict]) -> Verdict:
    """Of several numbers with one target: missed if one misses it."""
    for verdict in (Verdict.MISSED, Verdict.OPEN):
        if verdict in verdicts:
            return verdict
    return Verdict.MET


def ahead(rows: Mapping[str, Mapping[str, Any]], families: Collection[str]) -> Verdict:
    """Whether the best of these families surely scores better than every other one.

    Args:
        rows: of the comparison, by family: how far it lies behind the best of all, with standard error.
        families: those of the claim; they and the others are at least one each.
    """
    others = rows.keys() - set(families)
    best = {family for family, row in rows.items() if row["difference"] == 0.0}
    claimed = not best.isdisjoint(families)
    behind = all(_surely_behind(rows[family]) for family in (others if claimed else families))
    if not best or not behind:
        return Verdict.OPEN
    return Verdict.MET if claimed else Verdict.MISSED


def _surely_behind(row: Mapping[str, Any]) -> bool:
    low, _ = ends({"value": row["difference"], "standard_error": row["difference_standard_error"]})
    return low > 0.0


def side(entry: numbers.Entry, level: float) -> int:
    """-1 for a coverage that is smaller than its level by more than its error, 1 for one that is larger, else 0."""
    low, high = ends(entry)
    return (low > level) - (high < level)


def near(entries: Iterable[numbers.Entry], level: float, margin: float) -> bool:
    """Whether all coverages are surely within the margin of their level."""
    reached = [ends(entry) for entry in entries]
    return all(level - margin < low and high < level + margin for low, high in reached)


def within(found: Mapping[str, Any], is_near: bool) -> Verdict:
    """Missed where more coverages are outside their bands than of perfect predictions in 95 % of cases.

    Args:
        found: how many are outside, and how many of perfect ones at most.
        is_near: whether the runs were enough to tell: few runs have bands that nearly every prediction is inside of.
    """
    if found["outside"] > found["at_most"]:
        return Verdict.MISSED
    return Verdict.MET if is_near else Verdict.OPEN


def regions(entries: Collection[numbers.Entry], level: float, margin: float) -> Verdict:
    """Missed where a coverage is surely not its level, met where all are surely within the margin of it."""
    if any(side(entry, level) for entry in entries):
        return Verdict.MISSED
    return Verdict.MET if near(entries, level, margin) else Verdict.OPEN
