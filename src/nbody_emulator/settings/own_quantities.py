"""Parameters and outputs of another simulator: the entries of `parameters` and `outputs` beside `simulator`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nbody_emulator.settings.parameters import Box
from nbody_emulator.settings.section import Maybe, Section, setting


class OwnParameter(Box[float]):
    """One parameter that varies from run to run, inside a box."""

    unit: str = setting("1", "Its unit in words of your own, 1 where it has none")
    column: Maybe[str] = setting(None, "Its column in the files of a table, if not its own name")


class OwnOutput(Section):
    """One output."""

    unit: str = setting("1", "Its unit in words of your own, 1 where it has none")
    transform: Literal["identity", "log", "logit"] = setting(
        "identity",
        "Transform to the whole real line, where a Gaussian can describe it; log is for what is above 0, logit for "
        "fractions",
    )
    resolution: float = setting(
        0.0,
        "Smallest step of a fraction, such as 1/N of a share of N: with it the logit takes 0 and 1 too",
        ge=0,
        le=1,
    )
    column: Maybe[str] = setting(None, "Its column in the files of a table, if not its own name")


@dataclass(frozen=True)
class OwnParameters:
    """The parameters of another simulator; what `Parameters` is for clusters, without any that is fixed.

    Attributes:
        entries: by name.
    """

    entries: Mapping[str, OwnParameter]

    @property
    def given(self) -> dict[str, OwnParameter]:
        """All, in alphabetical order."""
        return dict(sorted(self.entries.items()))

    @property
    def boxes(self) -> dict[str, OwnParameter]:
        """Those that vary: all."""
        return self.given

    @property
    def units(self) -> dict[str, str]:
        """By name."""
        return {name: entry.unit for name, entry in self.entries.items()}

    def is_whole(self, name: str) -> bool:
        """Whether a parameter's values are whole numbers: of these none are said to be."""
        del name
        return False
