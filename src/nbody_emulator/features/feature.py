"""What every feature declares: how it is measured, in what unit, and on which scale it is spread evenly."""

from collections.abc import Callable
from dataclasses import dataclass

from nbody_emulator.features.start import Start
from nbody_emulator.quantities.quantity import Covariate


@dataclass(frozen=True)
class Feature:
    """A number that tells clusters apart before their runs begin.

    Attributes:
        name: of the input of emulators that it is.
        unit: of its values.
        scale: "log" of what is above zero and spreads by factors, else "linear".
        long_name: what is measured.
        measure: of all stars at the start, bound or not.
    """

    name: str
    unit: str
    scale: str
    long_name: str
    measure: Callable[[Start], float]

    @property
    def covariate(self) -> Covariate:
        """As an input of emulators."""
        return Covariate.of(self.name, self.unit, self.scale)
