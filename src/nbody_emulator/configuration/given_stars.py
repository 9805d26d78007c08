"""Stars that an experiment takes from files: found, read and known by what they hold, when the experiment is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from nbody_emulator.settings.cluster import GivenStars, StarsFile
from nbody_emulator.settings.error import ConfigurationError, refuse
from nbody_emulator.settings.initial_conditions import InitialConditions
from nbody_emulator.simulation.register import GIVEN_STARS
from nbody_emulator.states.files import format_of, read_with_units
from nbody_emulator.states.register import FORMATS
from nbody_emulator.states.state import State
from nbody_emulator.storage.files import file_sha256
from nbody_emulator.units import LENGTH_IN_PC

KEY = "cluster.initial_conditions"

FOUND_FROM = "paths begin at the folder from which the workflow is run"


@dataclass(frozen=True, eq=False)
class FilesOfStars:
    """Files of stars, in the order of their checksums.

    Attributes:
        paths: of the files.
        settings: what a job is told of them.
        states: what is in them.
        length_in_pc: the experiment's unit of length.
    """

    paths: tuple[str, ...]
    settings: GivenStars
    states: tuple[State, ...]
    length_in_pc: float

    @property
    def formats(self) -> tuple[str, ...]:
        """Of each file."""
        return tuple(each.format for each in self.settings.files)

    @property
    def fewest_stars(self) -> int:
        """Stars of the smallest cluster."""
        return min(len(state.masses) for state in self.states)

    @property
    def smallest_scale_radius(self) -> float:
        """Of all clusters, in the experiment's unit."""
        return min(map(_scale_radius, self.states)) / self.length_in_pc

    def at_rest(self) -> str | None:
        """The path of the first file whose stars all move alike, so that no factor gives them a virial ratio."""
        pairs = zip(self.paths, self.states, strict=True)
        return next((path for path, state in pairs if not np.ptp(state.velocities, axis=0).any()), None)


def files_of_stars(given: InitialConditions, length_unit: str) -> FilesOfStars:
    """The files that a configuration names.

    Raises:
        ConfigurationError: there is none, or one is of no format, is without its units, or holds no cluster.
    """
    if (given.file is None) == (given.folder is None):
        problem = "file and folder are both given" if given.file else "neither file nor folder is given"
        refuse(KEY, problem, "give exactly one of them, a path from the repository's root on")
    found = sorted((file_sha256(path), str(path)) for path in _paths(given))
    written = {"mass_unit": "Msun", "length_unit": length_unit}
    units = {
        name: f"{getattr(given, name)!r} {unit}"
        for name, unit in written.items()
        if getattr(given, name) is not None
    }
    key = f"{KEY}.{'file' if given.folder is None else 'folder'}"
    formats = [_told_at(key, partial(format_of, path, given.format)) for _, path in found]
    _check_units(given, formats)
    states = tuple(
        _told_at(key, partial(read_with_units, path, format, **units))
        for (_, path), format in zip(found, formats, strict=True)
    )
    files = [
        StarsFile(sha256=sha256, format=format) for (sha256, _), format in zip(found, formats, strict=True)
    ]
    most = max(len(state.masses) for state in states)
    settings = GivenStars(files=tuple(files), most_stars=most).changed(**units)
    return FilesOfStars(tuple(path for _, path in found), settings, states, LENGTH_IN_PC[length_unit])


def _paths(given: InitialConditions) -> Iterable[Path]:
    if given.file is not None:
        path = Path(given.file)
        if not path.is_file():
            refuse(f"{KEY}.file", f"{given.file!r} is not there", FOUND_FROM)
        return [path]
    folder = Path(str(given.folder))
    if not folder.is_dir():
        refuse(f"{KEY}.folder", f"{given.folder!r} is not there", FOUND_FROM)
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in paths:
        if not path.is_file():
            problem = f"{str(path)!r} is {'a folder' if path.is_dir() else 'a link that leads nowhere'}"
            refuse(f"{KEY}.folder", problem, "remove it, or put files of stars in its place")
    if not paths:
        refuse(f"{KEY}.folder", f"{given.folder!r} holds no files", "put files of stars there, one a cluster")
    return paths


def _check_units(given: InitialConditions, formats: list[str]) -> None:
    """Units are given where a file needs them, and nowhere else."""
    needing = [name for name in FORMATS.names if FORMATS.facts(name).needs_units]
    for name in ("mass_unit", "length_unit"):
        value = getattr(given, name)
        if value is not None and not set(formats) & set(needing):
            problem = f"not used by the format {formats[0]}, whose files say their units"
            refuse(f"{KEY}.{name}", problem, "remove it")


Result = TypeVar("Result")


def _told_at(key: str, function: Callable[[], Result]) -> Result:
    """What the function gives; of what it refuses, the key is told too."""
    try:
        return function()
    except ConfigurationError as error:
        raise ConfigurationError(f"{key}: {error}") from None


def _scale_radius(state: State) -> float:
    return GIVEN_STARS.load("files").of(state).scale_radius
