"""An L1 penalty on all products of Legendre polynomials up to a total degree: most of them are left out."""

from typing import TYPE_CHECKING, ClassVar

from nbody_emulator.emulators.families.legendre import AbstractLegendre
from nbody_emulator.emulators.family import History, Model
from nbody_emulator.marks import Mark

if TYPE_CHECKING:
    from nbody_emulator.emulators.training import TrainingSet


class Lasso(AbstractLegendre):
    """With the terms that it needs; the penalty is what a coefficient of 1 costs, beside half the mean squared
    residual.

    Terms and outputs have unit variance: a term that alone explains 1 % of the variance has the coefficient 0.1, and
    the strongest penalty leaves it out.
    """

    meaning: ClassVar = "L1-penalised regression on all products of Legendre polynomials up to a total degree"
    label: ClassVar = "Legendre lasso"
    mark: ClassVar = Mark(9, "$\u2660$")
    calibrator: ClassVar = "residual_shape"
    weakest: ClassVar = 1e-3
    strongest: ClassVar = 1e-1

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().with_lasso(training, self.degree, self.penalty), {}
