"""Gradient boosted trees, which take what is missing as it is: each question says where such stars go."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import even_pairs, geometric_between, whole_between
from nbody_emulator.fates.classifier import AbstractClassifier, StarModel
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.fates.known_stars import KnownStars
    from nbody_emulator.fates.models.boosted_trees import BoostedTreesModel

FEWEST, MOST = 40, 240
"""Trees tried at a learning rate of `AT_RATE`."""

AT_RATE = 0.1
SMALLEST, LARGEST = 4, 31
"""Leaves of a tree tried."""


class BoostedTrees(AbstractClassifier):
    """A sum of small trees, each grown on what those before it left over."""

    meaning: ClassVar = "Gradient boosted trees, grown on histograms of the inputs"
    label: ClassVar = "boosted trees"
    mark: ClassVar = Mark(2, "v")
    takes_missing: ClassVar = True

    rate: float = setting(
        AT_RATE, "Learning rate: the share of what is left over that each tree takes away", gt=0, le=1
    )
    trees: int = tuned(100, "how many trees", ge=1)
    leaves: int = tuned(15, "most leaves of a tree", ge=2)

    def candidates(self, count: int) -> list[Self]:
        """Leaves, evenly spaced, with numbers of trees that go round in the logarithm: a slower rate takes more."""
        slower = AT_RATE / self.rate
        return list(
            dict.fromkeys(
                self.changed(
                    leaves=whole_between(SMALLEST, LARGEST, first),
                    trees=max(round(slower * geometric_between(MOST, FEWEST, second)), 1),
                )
                for first, second in even_pairs(count)
            )
        )

    def fit(self, known: "KnownStars", key: int) -> StarModel:
        return self.model().of(known, self.trees, self.leaves, self.rate, key)

    @classmethod
    def model(cls) -> "type[BoostedTreesModel]":
        from nbody_emulator.fates.models.boosted_trees import BoostedTreesModel

        return BoostedTreesModel
