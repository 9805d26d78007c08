"""Are two folders of results the same? `python workflow/compare_results.py BEFORE AFTER [--relative 1e-9]`.

For a change of the code that is to move no number: every table, every JSON and NetCDF file of the two folders, column
by column and variable by variable, with the largest relative difference. What stands in one folder alone, and what is
not the same, ends it with status 1.
"""

import argparse
import json
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)

import numpy as np
import pandas as pd

from nbody_emulator.storage import netcdf

ROUNDING = 1e-6
"""Smaller numbers are what roundings leave of zero (`closing_error`): differences are never relative to less."""


class Difference(NamedTuple):
    """How far one column of one file is from its like: relative to the column's largest number, 0 for the same."""

    file: str
    column: str
    relative: float


def columns_of_csv(path: Path) -> Mapping[str, np.ndarray]:
    return {name: column.to_numpy() for name, column in pd.read_csv(path).items()}


def columns_of_netcdf(path: Path) -> Mapping[str, np.ndarray]:
    return {str(name): variable.values for name, variable in netcdf.read(path).variables.items()}


def columns_of_json(path: Path) -> Mapping[str, np.ndarray]:
    return {name: np.array([value]) for name, value in leaves(json.loads(path.read_text(encoding="utf-8")))}


def leaves(tree: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and word of a JSON document with its place in it."""
    match tree:
        case dict():
            parts = tree.items()
        case list():
            parts = enumerate(tree)
        case _:
            yield name, np.nan if tree is None else tree
            return
    for key, value in parts:
        yield from leaves(value, f"{name}/{key}")


READERS = {".csv": columns_of_csv, ".nc": columns_of_netcdf, ".json": columns_of_json}
"""Ending -> columns by name. Figures are drawn from tables, and emulators answer in predictions.nc."""

PASSING = ("export-*.json", "history.json", "timings.json", "costs.*", "report.html", "provenance.html")
"""What says when, or of which code, a result was made."""


def compare(before: Path, after: Path) -> Iterator[Difference]:
    """Every column of every file in either folder; infinitely far what only one of them has.

    Raises:
        ValueError: a folder holds nothing that could be compared.
    """
    found = [{str(path.relative_to(folder)): path for path in _files(folder)} for folder in (before, after)]
    for folder, files in zip((before, after), found, strict=True):
        if not files:
            raise ValueError(f"{folder} holds no table, no JSON and no NetCDF file; name a folder of results")
    for name in sorted(found[0].keys() | found[1].keys()):
        if name in found[0] and name in found[1]:
            yield from _of_file(name, found[0][name], found[1][name])
        else:
            yield Difference(name, "the file stands in one folder alone", np.inf)


def distance(before: np.ndarray, after: np.ndarray) -> float:
    """The largest difference, relative to the largest number of either; words and gaps must be the same."""
    if before.shape != after.shape:
        return np.inf
    if not (before.dtype.kind in "biuf" and after.dtype.kind in "biuf"):
        return 0.0 if np.array_equal(before.astype(str), after.astype(str)) else np.inf
    before, after = before.astype(float), after.astype(float)
    finite = np.isfinite(before)
    if not (np.array_equal(finite, np.isfinite(after)) and _same(before[~finite], after[~finite])):
        return np.inf
    before, after = before[finite], after[finite]
    scale = max(np.abs(before).max(initial=ROUNDING), np.abs(after).max(initial=ROUNDING))
    return float(np.abs(before - after).max(initial=0.0) / scale)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in READERS and not any(path.match(pattern) for pattern in PASSING):
            yield path


def _of_file(name: str, before: Path, after: Path) -> Iterator[Difference]:
    read = READERS[before.suffix]
    one, other = read(before), read(after)
    for column in [*one, *(column for column in other if column not in one)]:
        both = column in one and column in other
        yield Difference(name, column, distance(one[column], other[column]) if both else np.inf)


def _same(before: np.ndarray, after: np.ndarray) -> bool:
    return np.array_equal(before, after, equal_nan=True)


def report(differences: Sequence[Difference], allowed: float) -> Iterator[str]:
    """A line a file, and one for each column that is not the same."""
    for name in dict.fromkeys(each.file for each in differences):
        columns = [each for each in differences if each.file == name]
        farthest = max(each.relative for each in columns)
        verdict = "same" if farthest <= allowed else "DIFFERENT"
        yield f"{verdict:10}{farthest:9.1e}  {name} ({len(columns)} columns)"
        yield from (
            f"{'':10}{each.relative:9.1e}    {each.column}" for each in columns if each.relative > allowed
        )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Whether two folders of results are the same.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument(
        "--relative", type=float, default=1e-9, help="difference allowed, of a column's largest number"
    )
    given = parser.parse_args(arguments)
    try:
        differences = list(compare(given.before, given.after))
    except (OSError, ValueError) as error:
        sys.exit(f"{error}")
    print("\n".join(report(differences, given.relative)))
    if any(each.relative > given.relative for each in differences):
        sys.exit("not the same")


if __name__ == "__main__":
    main(sys.argv[1:])
