"""An L1 penalty on all products of Legendre polynomials up to a total degree: most of them are left out."""

from typing import TYPE_CHECKING, Any, ClassVar

from nbody_emulator.emulators.families.legendre import LADDER_DEGREE, AbstractLegendre
from nbody_emulator.emulators.family import Climb, History, Ladder, Model
from nbody_emulator.marks import Mark

if TYPE_CHECKING:
    import numpy as np

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
    ladders: ClassVar = (
        Ladder(
            key="penalties",
            climb=Climb.PRIOR,
            title="L1: Laplace prior\nof scale $\\sigma^2/(n\\alpha)$",
            label="penalty $\\alpha$",
            minimum=1e-4,
            maximum=1e9,
            meaning="Legendre lassos of total degree 4: penalties, ascending",
            rung="A penalty",
            at=lambda penalty: {"degree": LADDER_DEGREE, "penalty": penalty},
            is_whole=False,
            uses_settings=False,
        ),
    )

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().with_lasso(training, self.degree, self.penalty), {}

    def zero_coefficients(self, model: Any) -> "np.ndarray":
        import numpy as np

        return np.sum(np.asarray(model.coefficients) == 0.0, axis=1)
