"""The emulators of a cross-validation in one file: a zip of emulator files, the first of the first fold."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.storage.files import replacing

_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip knows: the same emulators give the same bytes on any day."""


def saved_each(emulators: Iterable[Emulator], path: str | Path) -> Iterator[Emulator]:
    """The same emulators, each written into the file at `path` as it passes; the file is there after the last."""
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for fold, emulator in enumerate(emulators):
            archive.writestr(zipfile.ZipInfo(_name(fold), _DATE), emulator.content)
            yield emulator


def load_each(path: str | Path) -> Iterator[Emulator]:
    """One after the other, so that only one of them is in memory.

    Raises:
        ValueError: as `Emulator.load`.
    """
    with zipfile.ZipFile(path) as archive:
        for fold in range(len(archive.namelist())):
            yield Emulator.load(zipfile.Path(archive, _name(fold)))


def _name(fold: int) -> str:
    return f"{fold}.eqx"
