"""Columns of a file of runs, CSV, Parquet or NetCDF, whose numbers are read as they are written."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.settings.error import refuse, shown, suggestion

if TYPE_CHECKING:
    import pandas as pd


MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "None")
"""What stands where there is nothing, if words do."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a person calls the rows of a table.

    Attributes:
        key: of the table, as in the configuration.
        numbers_of_rows: of each: in a CSV file lines are counted, and the header is the first.
    """

    key: str
    numbers_of_rows: Sequence[int]

    def place(self, row: int) -> int:
        """What a person calls a row, counted from 0."""
        return self.numbers_of_rows[row]

    def row(self, mask: np.ndarray) -> int:
        """What a person calls the first row of a mask (n,)."""
        return self.place(int(np.argmax(mask)))


@dataclass(frozen=True, eq=False)
class Columns(Rows):
    """What stands in a file.

    Attributes:
        frame: its columns.
        units: of the columns that say theirs.
    """

    frame: "pd.DataFrame"
    units: Mapping[str, str]

    def numbers(self, column: str, unit: str) -> np.ndarray:
        """A column (n,) of numbers in `unit`, NaN where empty.

        Raises:
            ConfigurationError: it is not there, holds words, or says that it is in another unit.
        """
        self._require(column)
        held = self.units.get(column, unit)
        if held != unit:
            problem = f"column {column!r} is in {held!r}, and the configuration says {unit!r}"
            refuse(self.key, problem, f"write unit: {held}, or convert the column")
        values = self.frame[column]
        if values.dtype.kind in "iuf":
            return values.to_numpy(dtype=float, na_value=np.nan)
        missing = self._missing(column)
        numbers = np.full(len(values), np.nan)
        for row, value in enumerate(values.tolist()):
            if not missing[row]:
                numbers[row] = self._number(column, row, value)
        return numbers

    def _number(self, column: str, row: int, value: object) -> float:
        """A cell; a word is none, and neither is a truth value."""
        # What Python takes for a number, such as 1_000, is none in a table.
        is_text = isinstance(value, str) and "_" not in value
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        try:
            return float(value if is_text or is_number else "")  # type: ignore[arg-type]
        except ValueError:
            problem = f"column {column!r}, row {self.place(row)}: {shown(value)} is no number"
            refuse(self.key, problem, "write a number, with a decimal point, or leave it empty")

    def labels(self, column: str) -> np.ndarray:
        """A column (n,) of names or numbers, as text."""
        self._require(column)
        missing = self._missing(column)
        if missing.any():
            problem = f"column {column!r}, row {self.row(missing)}: empty"
            refuse(self.key, problem, "name the design point of every run")
        return self.frame[column].astype(str).to_numpy(dtype=str)

    def _missing(self, column: str) -> np.ndarray:
        """Where (n,) a column has nothing."""
        values = self.frame[column]
        return (values.isna() | values.isin(MISSING)).to_numpy()

    def _require(self, column: str) -> None:
        if column not in self.frame:
            known = [str(name) for name in self.frame.columns]
            refuse(self.key, f"no column {column!r}", suggestion(column, known))


def read_columns(path: str | Path, key: str) -> Columns:
    """The columns of the file at `path`; `key` is that of the configuration which names it.

    Raises:
        ConfigurationError: it is not there, of no kind that is read here, or not readable.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        refuse(key, f"{str(path)!r} is no table", f"name a file that ends in {', '.join(READERS)}")
    if not path.is_file():
        refuse(key, f"{str(path)!r} is not there", "paths begin at the folder from which the workflow is run")
    try:
        columns = reader(path, key)
    except (OSError, ValueError, KeyError, csv.Error) as error:
        if key in str(error):
            raise
        refuse(key, f"{str(path)!r} cannot be read ({' '.join(str(error).split())[:120]})", "mend the file")
    if columns.frame.empty:
        refuse(key, f"{str(path)!r} holds no runs", "name the file that holds them")
    return columns


def _read_csv(path: Path, key: str) -> Columns:
    import pandas as pd

    with path.open(encoding="utf-8-sig", newline="") as opened:
        lines = _lines(csv.reader(opened, strict=True))
        _, header = next(lines, (1, []))
        names = [name.strip() for name in header]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            refuse(key, f"two columns are called {twice[0]!r}", "rename one")
        places, rows = [], []
        for place, cells in lines:
            if len(cells) != len(names):
                problem = f"row {place} has {len(cells)} cells, and the header {len(names)}"
                refuse(
                    key, problem, "put commas between cells and nowhere else, and write numbers with a point"
                )
            places.append(place)
            rows.append([*map(str.strip, cells)])
    # As text: what a number is, and to the last bit which, is for `numbers` to say.
    return Columns(key, places, pd.DataFrame(rows, columns=names, dtype=object), {})


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Numbers of lines that are not empty, and their cells."""
    return ((reader.line_num, cells) for cells in reader if any(cells))


def _read_parquet(path: Path, key: str) -> Columns:
    import pandas as pd

    frame = pd.read_parquet(path).reset_index(drop=True)
    return Columns(key, _counted(frame), frame, {})


def _counted(frame: "pd.DataFrame") -> Sequence[int]:
    return range(1, len(frame) + 1)


def _read_netcdf(path: Path, key: str) -> Columns:
    import pandas as pd

    from nbody_emulator.storage.netcdf import read

    dataset = read(path)
    columns = {str(name): each for name, each in dataset.variables.items() if each.ndim == 1}
    lengths = {dataset.sizes[each.dims[0]] for each in columns.values()}
    if len(lengths) != 1:
        refuse(key, f"columns of {len(lengths)} lengths", "give all one dimension, the runs")
    units = {name: str(each.attrs["units"]) for name, each in columns.items() if "units" in each.attrs}
    frame = pd.DataFrame({name: each.values for name, each in columns.items()})
    return Columns(key, _counted(frame), frame, units)


READERS: Mapping[str, Callable[[Path, str], Columns]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".nc": _read_netcdf,
}
"""By the end of a file's name, how it is read."""
