"""Numbers that say themselves how sure they are: those of a table or a JSON document beside a standard error."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

ERROR = "standard_error"
NO_ESTIMATES = (ERROR, "lower", "upper")
"""Ends of the names of errors and of the ends of intervals, which follow from an estimate and its error."""


class Estimate(NamedTuple):
    """A number, and its standard error in the same unit."""

    value: float
    standard_error: float


def estimates_in(path: Path) -> dict[str, Estimate]:
    """Place in the file -> estimate; empty for what is no table and no JSON.

    A place in a table is the words of its row and the column, in JSON the keys that lead to it.
    """
    readers = {".csv": _of_table, ".json": _of_json}
    read = readers.get(path.suffix)
    return {place: each for place, each in read(path) if _is_known(each)} if read else {}


def error_of(name: str, names: Sequence[str]) -> str | None:
    """Which of `names` is the standard error of `name`: the one called after it, or the plain one; None if none is.

    The plain one is that of `value` or, without one, of the number that stands right before it.
    """
    if name.endswith(NO_ESTIMATES):
        return None
    if f"{name}_{ERROR}" in names:
        return f"{name}_{ERROR}"
    if ERROR not in names:
        return None
    owner = "value" if "value" in names else names[names.index(ERROR) - 1]
    return ERROR if name == owner else None


def _of_table(path: Path) -> Iterator[tuple[str, Estimate]]:
    table = pd.read_csv(path)
    words = [name for name, column in table.items() if column.dtype.kind not in "biuf"]
    numbers = [name for name, column in table.items() if column.dtype.kind == "f"]
    columns = [str(name) for name in table.columns]
    pairs = [(name, error) for name in numbers if (error := error_of(str(name), columns))]
    met: Counter[str] = Counter()
    for row in table.to_dict("records") if pairs else []:
        key = ", ".join(str(row[name]) for name in words)
        met[key] += 1
        of_several = f" ({met[key]})" if met[key] > 1 else ""
        for name, error in pairs:
            yield f"{key}{of_several}: {name}", Estimate(row[name], row[error])


def _of_json(path: Path) -> Iterator[tuple[str, Estimate]]:
    yield from _in_tree(json.loads(path.read_text(encoding="utf-8")), "")


def _in_tree(tree: Any, place: str) -> Iterator[tuple[str, Estimate]]:
    parts: Mapping[str, Any] = tree if isinstance(tree, dict) else {}
    for name, value in parts.items():
        yield from _in_tree(value, f"{place}/{name}")
        error = error_of(name, list(parts))
        if error and _is_number(value) and _is_number(parts[error]):
            yield f"{place}/{name}", Estimate(value, parts[error])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_known(estimate: Estimate) -> bool:
    return math.isfinite(estimate.value) and math.isfinite(estimate.standard_error)
