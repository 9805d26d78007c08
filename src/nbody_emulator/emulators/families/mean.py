"""The mean of the training targets: what every other family has to beat."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, Reference
from nbody_emulator.marks import Mark

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.mean import MeanModel
    from nbody_emulator.emulators.training import TrainingSet


class Mean(AbstractFamily):
    """The same mean and variance everywhere."""

    meaning: ClassVar = "Constant mean and variance: what any emulator must beat"
    label: ClassVar = "training mean"
    mark: ClassVar = Mark(7, "s")
    calibrator: ClassVar = "constant_variance"
    reference: ClassVar = Reference.MEAN

    def candidates(self, count: int) -> list[Self]:
        """One: the mean has no hyperparameters."""
        return [self]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training), {}

    @classmethod
    def model(cls) -> "type[MeanModel]":
        from nbody_emulator.emulators.models.mean import MeanModel

        return MeanModel
