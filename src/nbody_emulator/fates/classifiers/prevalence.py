"""The share of all stars, whichever star is asked about: what a classifier has to beat."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.fates.classifier import AbstractClassifier, StarModel
from nbody_emulator.marks import Mark

if TYPE_CHECKING:
    from nbody_emulator.fates.known_stars import KnownStars
    from nbody_emulator.fates.models.prevalence import PrevalenceModel


class Prevalence(AbstractClassifier):
    """One probability for every star."""

    meaning: ClassVar = "The share of all training stars, whichever star is asked about"
    label: ClassVar = "share of all stars"
    mark: ClassVar = Mark(7, "s")
    is_reference: ClassVar = True

    def candidates(self, count: int) -> list[Self]:
        """There is nothing to choose."""
        del count
        return [self]

    def fit(self, known: "KnownStars", key: int) -> StarModel:
        del key
        return self.model().of(known)

    @classmethod
    def model(cls) -> "type[PrevalenceModel]":
        from nbody_emulator.fates.models.prevalence import PrevalenceModel

        return PrevalenceModel
