"""What happened to the training stars most like it."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import geometric_integers
from nbody_emulator.fates.classifier import AbstractClassifier, StarModel
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.fates.known_stars import KnownStars
    from nbody_emulator.fates.models.nearest_stars import NearestStarsModel

FEWEST, MOST = 10, 160


class NearestStars(AbstractClassifier):
    """The share of the nearest, all inputs scaled alike, and a star's worth of the share of all."""

    meaning: ClassVar = "k nearest neighbours among the training stars"
    label: ClassVar = "nearest stars"
    mark: ClassVar = Mark(4, "^")

    kept: int = setting(
        16384,
        "Training stars that are kept, drawn at random; more are slower and hardly better",
        ge=100,
        le=1000000,
    )
    neighbours: int = tuned(40, "how many are asked", ge=1)

    def candidates(self, count: int) -> list[Self]:
        """Numbers of neighbours, evenly spaced in the logarithm."""
        return [self.changed(neighbours=number) for number in geometric_integers(FEWEST, MOST, count)]

    def fit(self, known: "KnownStars", key: int) -> StarModel:
        return self.model().of(known, self.kept, self.neighbours, key)

    @classmethod
    def model(cls) -> "type[NearestStarsModel]":
        from nbody_emulator.fates.models.nearest_stars import NearestStarsModel

        return NearestStarsModel
