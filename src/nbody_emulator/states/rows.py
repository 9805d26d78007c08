"""Rows of numbers between blanks, as programs in C and Fortran write them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.storage.files import write_text

COMMENT = "#"
STATE_COLUMNS = 7
"""Mass, position and velocity of a star."""


def lines_of(path: Path) -> list[str]:
    """The lines that are not blank."""
    return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def numbers_of(path: Path, lines: Sequence[str], columns: Sequence[int]) -> np.ndarray:
    """(rows, columns) of lines that are no comments; what else stands in a row is let be.

    Raises:
        ConfigurationError: a row has fewer columns, or a word where a number is wanted.
    """
    rows = []
    for place, line in enumerate((each for each in lines if not each.lstrip().startswith(COMMENT)), 1):
        cells = line.split()
        if len(cells) <= max(columns):
            problem = f"row {place} has {len(cells)} columns"
            refuse(f"{path}", problem, f"write {max(columns) + 1} at least, between blanks: m x y z vx vy vz")
        rows.append([_number(path, place, cells[column]) for column in columns])
    return np.array(rows, dtype=float).reshape(-1, len(columns))


def _number(path: Path, place: int, cell: str) -> float:
    try:
        return float(cell.replace("D", "E").replace("d", "e"))  # Fortran's exponents
    except ValueError:
        refuse(f"{path}", f"{shown(cell)} in row {place} is no number", "write one, with a decimal point")


def write_rows(path: Path, header: Sequence[str], rows: np.ndarray) -> None:
    """Rows (n, columns), numbers in as many digits as tell them apart."""
    write_text(path, "\n".join([*header, *("\t".join(map(repr, row)) for row in rows.tolist())]) + "\n")
