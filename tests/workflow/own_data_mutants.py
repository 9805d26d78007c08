"""Leaks of a sealed file of runs by what it holds: each mutant must end in a ValueError."""

from pathlib import Path

import pandas as pd

from nbody_emulator.quantities.planned_rows import read_planned
from nbody_emulator.settings.own_blocks import BlockOfFile
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter
from nbody_emulator.settings.simulator import TableColumns
from nbody_emulator.storage.files import file_sha256


def sealed_file(folder: Path) -> Path:
    path = folder / "sealed.csv"
    pd.DataFrame({"x": [0.1, 0.2, 0.3], "y": [1.0, 2.0, 3.0]}).to_csv(path, index=False)
    return path


def read_as(path: Path, rows: str, sealed: bool) -> None:
    block = BlockOfFile(
        stream="test",
        block=0,
        blocks=1,
        rows=rows,
        columns=TableColumns(),
        parameters={"x": OwnParameter(minimum=0.0, maximum=1.0)},
        outputs={"y": OwnOutput()},
        sealed=sealed,
    )
    read_planned(str(path), block)


def sealed_file_with_another_byte(folder: Path) -> None:
    path = sealed_file(folder)
    digest = file_sha256(path)
    read_as(path, digest, sealed=True)  # the control
    path.write_text(path.read_text().replace("2.0", "2.1"))
    read_as(path, digest, sealed=True)


def sealed_file_with_the_same_rows_in_other_bytes(folder: Path) -> None:
    path = sealed_file(folder)
    digest = file_sha256(path)
    path.write_text(path.read_text() + "\n")
    read_as(path, digest, sealed=True)


def sealed_file_planned_as_an_open_one(folder: Path) -> None:
    path = sealed_file(folder)
    read_as(path, file_sha256(path), sealed=False)


OWN_DATA = {
    "the sealed file has another byte": (sealed_file_with_another_byte, "is not the sealed file"),
    "the sealed file was written again": (
        sealed_file_with_the_same_rows_in_other_bytes,
        "is not the sealed file",
    ),
    "the sealed file is planned as an open one": (
        sealed_file_planned_as_an_open_one,
        "has changed since this run was planned",
    ),
}
"""Mutant -> (function, what its refusal says)."""
