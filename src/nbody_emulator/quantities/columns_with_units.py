"""Tables of numbers as CSV files: columns by name, with their unit in brackets behind it or in no words at all."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from nbody_emulator.quantities.typed_numbers import number
from nbody_emulator.settings.error import refuse

_HEADING = re.compile(r"\s*(.*?)\s*(?:\[([^\]]*)\])?\s*")


def read_columns(
    path: Path, wanted: Mapping[str, str], units: Mapping[str, str] | None = None
) -> dict[str, np.ndarray]:
    """Columns (n,) by name; those that nobody wants are let be.

    Args:
        wanted: the unit that each column is to be in.
        units: the unit that columns without brackets are in, where that is not the one they are to be in.

    Raises:
        ConfigurationError: a column is missing or twice there, a row is longer or shorter than the heading, or a cell
            is no number; the message names file, row and column.
    """
    headings, rows = _rows(path)
    names = [_name_and_unit(heading)[0] for heading in headings]
    for name in wanted:
        if name not in names:
            refuse(f"{path}", f"there is no column {name}", f"its columns are {', '.join(names)}; rename one")
        if names.count(name) > 1:
            refuse(f"{path}", f"the column {name} stands twice", "keep one")
    given = {name: unit for name, unit in map(_name_and_unit, headings) if unit}
    return {
        name: _column(
            path, rows, names.index(name), name, given.get(name, (units or {}).get(name, unit)), unit
        )
        for name, unit in wanted.items()
    }


def write_columns(path: Path | None, columns: Mapping[str, np.ndarray]) -> None:
    """Columns (n,) as a CSV file, on stdout without a path; numbers in as many digits as tell them apart."""
    lines = [",".join(columns), *(",".join(map(_text, row)) for row in zip(*columns.values(), strict=True))]
    if path is None:
        print("\n".join(lines))
        return
    from nbody_emulator.storage.files import write_text

    write_text(path, "\n".join(lines) + "\n")


def headings_with_units(path: Path) -> dict[str, str]:
    """The unit in brackets behind each column's name, empty where there is none."""
    return dict(map(_name_and_unit, _rows(path)[0]))


def _rows(path: Path) -> tuple[list[str], Sequence[list[str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        refuse(
            f"{path}", f"cannot be read as CSV ({error})", "save it as CSV in UTF-8, commas between columns"
        )
    if len(rows) < 2:
        refuse(f"{path}", "holds no rows", "write the names of the columns, then a row for each point")
    for place, row in enumerate(rows[1:], start=1):
        if len(row) != len(rows[0]):
            refuse(
                f"{path}", f"row {place} has {len(row)} cells under {len(rows[0])} names", "make them as many"
            )
    return rows[0], rows[1:]


def _name_and_unit(heading: str) -> tuple[str, str]:
    match = _HEADING.fullmatch(heading)
    return (match[1], (match[2] or "").strip()) if match else (heading, "")


def _column(
    path: Path, rows: Iterable[list[str]], place: int, name: str, given: str, unit: str
) -> np.ndarray:
    bare = "" if given == unit else f" {given}"
    return np.array(
        [
            number(f"{path}, row {row}, {name}", f"{cells[place]}{bare}", unit)
            for row, cells in enumerate(rows, 1)
        ]
    )


def _text(value: float) -> str:
    return "" if np.isnan(value) else repr(float(value))
