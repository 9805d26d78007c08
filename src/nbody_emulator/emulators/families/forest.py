"""A random forest per output."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, geometric_integers
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.forest import ForestModel
    from nbody_emulator.emulators.training import TrainingSet

SMALLEST_LEAF, LARGEST_LEAF = 1, 24
INNER_TREES = 25
"""Trees of a forest in the inner folds. Its variance exceeds that of a forest of 200 by 3.5 % of a single
tree's excess over its mean, about 1 % of the noise: too little to pay three times the fitting for."""


class Forest(AbstractFamily):
    """One forest for each output, grown on its own observed rows."""

    meaning: ClassVar = "Random forest"
    label: ClassVar = "random forest"
    mark: ClassVar = Mark(5, "P")
    calibrator: ClassVar = "residual_shape"
    has_gradients: ClassVar = False

    trees: int = setting(200, "Trees in the forest", ge=1, le=100000)
    leaf: int = tuned(3, "fewest runs in a leaf", ge=1)

    def candidates(self, count: int) -> list[Self]:
        """Smallest numbers of runs in a leaf, evenly spaced in the logarithm."""
        sizes = geometric_integers(SMALLEST_LEAF, LARGEST_LEAF, count)
        return [self.changed(leaf=size) for size in sizes]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, self.trees, self.leaf, key), {}

    def while_calibrating(self) -> Self:
        """Fewer trees."""
        return self.changed(trees=min(self.trees, INNER_TREES))

    @classmethod
    def model(cls) -> "type[ForestModel]":
        from nbody_emulator.emulators.models.forest import ForestModel

        return ForestModel
