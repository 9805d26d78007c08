"""An L1 penalty on all products of Legendre polynomials up to a total degree: most of them are left out."""

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
    from nbody_emulator.emulators.models.legendre import LegendreModel
    from nbody_emulator.emulators.training import TrainingSet

LOWEST = 2
"""The lowest total degree tried, as for `legendre`."""

WEAKEST, STRONGEST = 1e-3, 1e-1
"""Ends of the penalties tried. Terms and outputs have unit variance: a term that alone explains 1 % of the variance has
the coefficient 0.1, and the strongest penalty leaves it out."""


class Lasso(AbstractFamily):
    """Each output on its own observed rows, with the terms that it needs."""

    meaning: ClassVar = "L1-penalised regression on all products of Legendre polynomials up to a total degree"
    label: ClassVar = "Legendre lasso"
    mark: ClassVar = Mark(9, "$\u2660$")
    calibrator: ClassVar = "residual_shape"

    highest: int = setting(6, "Highest total degree that is tried", ge=2, le=12)
    degree: int = tuned(4, "total degree")
    penalty: float = tuned(0.01, "what a coefficient of 1 costs, beside half the mean squared residual")

    def candidates(self, count: int) -> list[Self]:
        """Total degrees, evenly spaced, with penalties that go round in the logarithm."""
        return [
            self.changed(
                degree=whole_between(LOWEST, self.highest, first),
                penalty=geometric_between(WEAKEST, STRONGEST, second),
            )
            for first, second in even_pairs(count)
        ]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().with_lasso(training, self.degree, self.penalty), {}

    @classmethod
    def model(cls) -> "type[LegendreModel]":
        from nbody_emulator.emulators.models.legendre import LegendreModel

        return LegendreModel
