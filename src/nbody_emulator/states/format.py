"""What a format of files of stars is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from nbody_emulator.settings.error import refuse
from nbody_emulator.states.state import State


class Units(NamedTuple):
    """The units of a file that does not say its own, as texts such as "km/s" or "1000 Msun"; None where not given.

    Attributes:
        asked: what a person is to do to give a unit here, by its name.
    """

    mass: str | None = None
    length: str | None = None
    velocity: str | None = None
    asked: Mapping[str, str] = MappingProxyType({})

    @property
    def given(self) -> dict[str, str]:
        """Those that are, by name."""
        named = {"mass": self.mass, "length": self.length, "velocity": self.velocity}
        return {name: unit for name, unit in named.items() if unit is not None}


class AbstractFormat(ABC):
    """A kind of file that holds one state."""

    @abstractmethod
    def read(self, path: Path, units: Units) -> State:
        """The state as it stands there, in Msun, pc and pc/Myr; whether it is a cluster's is not asked.

        Raises:
            ConfigurationError: it is no such file; the message names the path, and the remedy.
            OSError, ValueError: it cannot be read.
        """

    @abstractmethod
    def write(self, path: Path, state: State, units: Units) -> None:
        """Write it, atomically."""


def check_no_units(path: Path, units: Units) -> None:
    """Refuse units beside a file that says its own."""
    for name in units.given:
        refuse(f"{path}", f"{name}_unit is given, and it says its units itself", f"leave {name}_unit out")
