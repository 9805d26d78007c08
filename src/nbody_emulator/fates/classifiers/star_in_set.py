"""An ensemble of networks that see the star that is asked about and, in any order, all others (Zaheer et al. 2017)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.families.deep_sets import DECAYS, DeepSets
from nbody_emulator.emulators.family import geometric
from nbody_emulator.fates.classifier import AbstractClassifier, StarModel
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import inner, tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.fates.known_stars import KnownStars
    from nbody_emulator.fates.models.star_in_set import StarInSetModel

COMPARING_MEMBERS = 4
"""With two inner folds they are as many as are trained at once."""


class StarInSet(AbstractClassifier):
    """The mean of the members' probabilities."""

    meaning: ClassVar = "Ensemble of permutation-invariant networks of all stars, asked about one of them"
    label: ClassVar = "deep sets"
    mark: ClassVar = Mark(0, "$\u2691$")

    members: int = setting(8, "Networks in the ensemble", ge=1, le=1024)
    epochs: int = setting(150, "Passes over the training data at most", ge=1, le=1000000)
    learning_rate: float = setting(0.04, "Peak learning rate", gt=0, le=1)
    validation_fraction: float = setting(
        0.2, "Share of the design points kept aside for early stopping", gt=0, le=0.5
    )
    weight_decay: float = tuned(1.0, "decoupled weight decay", ge=0.0)
    width: int = inner(16, "hidden units in each layer")

    def candidates(self, count: int) -> list[Self]:
        """Weight decays, evenly spaced in the logarithm."""
        return [self.changed(weight_decay=decay) for decay in geometric(*DECAYS, count)]

    def fit(self, known: "KnownStars", key: int) -> StarModel:
        return self.fit_each([known], [key])[0]

    def fit_each(self, folds: "Sequence[KnownStars]", keys: Sequence[int]) -> Sequence[StarModel]:
        """All folds' members are trained together."""
        return self.model().of_each(folds, self, keys)

    def while_comparing(self) -> Self:
        """Few members."""
        return self.changed(members=min(self.members, COMPARING_MEMBERS))

    @property
    def training(self) -> DeepSets:
        """How its networks are trained: as those of the emulators that are given stars."""
        names = ("members", "epochs", "learning_rate", "validation_fraction", "weight_decay", "width")
        return DeepSets(**{name: getattr(self, name) for name in names})

    @classmethod
    def model(cls) -> "type[StarInSetModel]":
        from nbody_emulator.fates.models.star_in_set import StarInSetModel

        return StarInSetModel
