"""Logistic regression on what is known of a star and of its cluster, and on products of two of these if asked."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import geometric
from nbody_emulator.fates.classifier import AbstractClassifier, StarModel
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.fates.known_stars import KnownStars
    from nbody_emulator.fates.models.logistic import LogisticModel

WEAKEST, STRONGEST = 1e-2, 1e4
"""Penalties tried, of all squared coefficients against the log density of all stars."""


class Logistic(AbstractClassifier):
    """Log odds that are a polynomial, its coefficients held back by a ridge penalty."""

    meaning: ClassVar = "Logistic regression"
    label: ClassVar = "logistic regression"
    mark: ClassVar = Mark(1, "D")

    degree: int = setting(1, "Highest total degree of the products of inputs", ge=1, le=2)
    penalty: float = tuned(1.0, "of the squared coefficients", gt=0.0)

    def candidates(self, count: int) -> list[Self]:
        """Penalties, evenly spaced in the logarithm."""
        return [self.changed(penalty=penalty) for penalty in geometric(WEAKEST, STRONGEST, count)]

    def fit(self, known: "KnownStars", key: int) -> StarModel:
        del key
        return self.model().of(known, self.degree, self.penalty)

    @classmethod
    def model(cls) -> "type[LogisticModel]":
        from nbody_emulator.fates.models.logistic import LogisticModel

        return LogisticModel
