"""A product of powers of the parameters: a straight line in their logarithms, whatever scale their boxes have."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, Unsuited, geometric
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.power_law import PowerLawModel
    from nbody_emulator.emulators.training import TrainingSet
    from nbody_emulator.quantities.quantity import Output, Parameter

WEAKEST, STRONGEST = 1e-3, 1e2
"""Ends of the ridge strengths tried, in units of one training row, as for the straight line."""


class PowerLaw(AbstractFamily):
    """Ridge regression of each output, transformed, on its own observed rows: of a logarithm a power law."""

    meaning: ClassVar = "Power law: a straight line in the logarithms of the parameters"
    label: ClassVar = "power law"
    mark: ClassVar = Mark(6, "$\u266a$")
    calibrator: ClassVar = "residual_shape"

    ridge: float = tuned(1.0, "strength of the ridge, in training rows", ge=0.0)

    def candidates(self, count: int) -> list[Self]:
        """Ridge strengths, evenly spaced in the logarithm."""
        return [self.changed(ridge=each) for each in geometric(WEAKEST, STRONGEST, count)]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, self.ridge), {}

    def unsuited(self, parameters: "Sequence[Parameter]", outputs: "Sequence[Output]") -> Unsuited | None:
        """A parameter that is zero or negative somewhere in its box has no logarithm there."""
        for parameter in parameters:
            if parameter.minimum <= 0.0:
                return Unsuited(
                    f"parameters.{parameter.name}.minimum",
                    f"{parameter.minimum:g} has no logarithm, and power_law needs positive parameters",
                    "raise it, or leave emulators.power_law out",
                )
        return None

    @classmethod
    def model(cls) -> "type[PowerLawModel]":
        from nbody_emulator.emulators.models.power_law import PowerLawModel

        return PowerLawModel
