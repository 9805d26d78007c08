"""How numbers stand in the report: with their errors, never without a word where there is none."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

NOT_KNOWN = "not known"

Entry = Mapping[str, Any]
"""A number as metrics.json holds it: its value, and standard error or ends of a 95 % interval; each may be None."""


def is_known(value: float | None) -> bool:
    """Whether there is a finite number."""
    return value is not None and math.isfinite(value)


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many decimals."""
    return f"{round(value, digits) + 0.0:.{digits}f}" if value is not None and is_known(value) else NOT_KNOWN


def significant(value: float | None, digits: int = 2) -> str:
    """A number with so many significant digits; thousands are written out."""
    if value is None or not is_known(value):
        return NOT_KNOWN
    told = f"{value:.{digits}g}"
    return f"{float(told):,.0f}" if 1e3 <= abs(value) < 1e6 else told


def estimate(entry: Entry, digits: int = 3, scale: float = 1.0) -> str:
    """`0.123 ± 0.010`, times `scale`."""
    value, error = entry["value"], entry.get("standard_error")
    if not is_known(value):
        return NOT_KNOWN
    told = number(scale * value, digits)
    return f"{told} ± {number(scale * error, digits)}" if error is not None and is_known(error) else told


def percent(entry: Entry, digits: int = 1) -> str:
    """A share as `88.0 ± 2.1 %`."""
    return f"{estimate(entry, digits, 100.0)} %" if is_known(entry["value"]) else NOT_KNOWN


def interval(entry: Entry, digits: int = 3) -> str:
    """`0.123 (0.101 to 0.145)`, with significant digits."""
    told = significant(entry["value"], digits)
    if not (is_known(entry.get("lower")) and is_known(entry.get("upper"))):
        return told
    return f"{told} ({significant(entry['lower'], digits)} to {significant(entry['upper'], digits)})"


def span(values: Sequence[float | None], digits: int = 2, scale: float = 1.0) -> str:
    """The range of the known ones: `0.98 to 1.05`, or one number where they are alike."""
    known = [scale * value for value in values if value is not None and is_known(value)]
    if not known:
        return NOT_KNOWN
    low, high = number(min(known), digits), number(max(known), digits)
    return low if low == high else f"{low} to {high}"


def counted(found: Entry) -> str:
    """How many coverages are outside their bands, beside what perfection has."""
    return (
        f"{found['outside']} of {found['looks']} (perfect ones: {found['expected']:.1f} on average, "
        f"in 95 % of cases at most {found['at_most']:.0f})"
    )


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def unit(written: str) -> str:
    """`pc Myr-1` with its power raised."""
    return re.sub(r"(?<=[A-Za-z])-?\d+", lambda power: power[0].translate(_RAISED), written)


def words(name: str) -> str:
    """An identifier as words, with abbreviations as they are written."""
    opened = name.replace("_", " ").replace(":", ", ")
    for typed, written in (("hpd", "HPD"), ("cv plus", "CV+"), ("gaussian", "Gaussian")):
        opened = opened.replace(typed, written)
    return opened


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
