"""The mean of the k nearest training runs in the scaled inputs."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import (
    AbstractFamily,
    Climb,
    History,
    Ladder,
    Model,
    geometric_integers,
)
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.neighbours import NeighboursModel
    from nbody_emulator.emulators.training import TrainingSet

FEWEST, MOST = 3, 40


class Neighbours(AbstractFamily):
    """All training rows are kept."""

    meaning: ClassVar = "k nearest neighbours"
    label: ClassVar = "nearest neighbours"
    article: ClassVar = ""
    mark: ClassVar = Mark(2, "v")
    calibrator: ClassVar = "residual_shape"
    has_gradients: ClassVar = False
    ladders: ClassVar = (
        Ladder(
            key="counts",
            climb=Climb.COMPLEXITY,
            title="nearest neighbours",
            label="neighbours",
            minimum=1,
            maximum=1000,
            meaning="Nearest neighbours that are averaged, ascending: few follow the runs, many their mean",
            rung="A number of neighbours",
            at=lambda number: {"neighbours": number},
            falls=True,
            uses_settings=False,
        ),
    )

    neighbours: int = tuned(10, "how many runs are averaged", ge=1)

    def candidates(self, count: int) -> list[Self]:
        """Numbers of neighbours, evenly spaced in the logarithm."""
        return [self.changed(neighbours=number) for number in geometric_integers(FEWEST, MOST, count)]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, self.neighbours), {}

    @classmethod
    def model(cls) -> "type[NeighboursModel]":
        from nbody_emulator.emulators.models.neighbours import NeighboursModel

        return NeighboursModel
