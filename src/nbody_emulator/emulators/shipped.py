"""Emulators that come with the package, by name: those of published experiments that are small."""

import re
from importlib.resources import files
from pathlib import Path

from nbody_emulator.emulators.storage import File
from nbody_emulator.shipped_files import FOLDER, manifest_in

_NAME = re.compile(r"\w+(/\w+)?")
"""`experiment` or `experiment/family`: no suffix, no other folder, so no path that anyone saves an emulator to."""


def names() -> tuple[str, ...]:
    """All that can be loaded by name."""
    found = [(folder, manifest_in(folder)) for folder in sorted(_root().iterdir()) if folder.is_dir()]
    return tuple(
        name
        for folder, manifest in found
        for name in (folder.name, *(f"{folder.name}/{family}" for family in sorted(manifest["files"])))
    )


def path_of(source: File) -> File:
    """The file of a shipped emulator where `source` is its name, and else `source` as it is.

    Raises:
        ValueError: nothing is shipped by this name, or a file in the working folder has it too.
    """
    if not (isinstance(source, str) and _NAME.fullmatch(source)):
        return source
    is_file, is_shipped = Path(source).is_file(), source in names()
    if is_file and is_shipped:
        raise ValueError(
            f"{source!r} is an emulator of this package and a file here, too; "
            f"write './{source}' for the file, or rename it"
        )
    if is_file:
        return source
    if not is_shipped:
        raise ValueError(
            f"no emulator is called {source!r}; there are {', '.join(names())}, or give the path of a file"
        )
    experiment, _, family = source.partition("/")
    folder = _root() / experiment
    return Path(str(folder / f"{family or manifest_in(folder)['default']}.eqx"))


def _root() -> Path:
    return Path(str(files("nbody_emulator"))) / FOLDER
