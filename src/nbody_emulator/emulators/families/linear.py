"""A ridge regression that is linear in the scaled inputs: the honest rival."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, Reference, geometric
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.basis import BasisModel
    from nbody_emulator.emulators.training import TrainingSet

WEAKEST, STRONGEST = 1e-3, 1e2
"""Ends of the ridge strengths tried, in units of one training row (inputs have unit variance)."""


class Linear(AbstractFamily):
    """Ridge regression of each output on its own observed rows."""

    meaning: ClassVar = "Straight line"
    label: ClassVar = "linear regression"
    article: ClassVar = ""
    mark: ClassVar = Mark(1, "D")
    calibrator: ClassVar = "residual_shape"
    reference: ClassVar = Reference.LINE
    prominent: ClassVar = True

    ridge: float = tuned(1.0, "strength of the ridge, in training rows", ge=0.0)

    def candidates(self, count: int) -> list[Self]:
        """Ridge strengths, evenly spaced in the logarithm."""
        return [self.changed(ridge=each) for each in geometric(WEAKEST, STRONGEST, count)]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, degree=1, ridge=self.ridge), {}

    @classmethod
    def model(cls) -> "type[BasisModel]":
        from nbody_emulator.emulators.models.basis import BasisModel

        return BasisModel
