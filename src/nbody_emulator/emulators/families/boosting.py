"""Gradient boosted trees per output."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import (
    AbstractFamily,
    History,
    Model,
    even_pairs,
    geometric_between,
    whole_between,
)
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.boosting import BoostingModel
    from nbody_emulator.emulators.training import TrainingSet

FEWEST, MOST = 40, 400
"""Trees tried at a learning rate of `AT_RATE`: fewer have not come near the runs, more follow their noise."""

AT_RATE = 0.05

SHALLOWEST, DEEPEST = 1, 5
"""Depths tried: how many inputs may act together in one tree."""


class Boosting(AbstractFamily):
    """Trees for each output, grown on its own observed rows."""

    meaning: ClassVar = "Gradient boosted trees"
    label: ClassVar = "boosted trees"
    article: ClassVar = ""
    mark: ClassVar = Mark(2, "8")
    calibrator: ClassVar = "residual_shape"
    has_gradients: ClassVar = False

    rate: float = setting(
        AT_RATE, "Learning rate: the share of what is left over that each tree takes away", gt=0, le=1
    )
    trees: int = tuned(150, "how many trees", ge=1)
    depth: int = tuned(3, "most questions on the way to a leaf", ge=1)

    def candidates(self, count: int) -> list[Self]:
        """Depths, evenly spaced, with numbers of trees that go round in the logarithm: a slower rate takes more."""
        slower = AT_RATE / self.rate
        found = [
            self.changed(
                depth=whole_between(SHALLOWEST, DEEPEST, first),
                trees=max(round(slower * geometric_between(MOST, FEWEST, second)), 1),
            )
            for first, second in even_pairs(count)
        ]
        return list(dict.fromkeys(found))

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, self.trees, self.depth, self.rate, key), {}

    @classmethod
    def model(cls) -> "type[BoostingModel]":
        from nbody_emulator.emulators.models.boosting import BoostingModel

        return BoostingModel
