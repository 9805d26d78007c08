"""Ridge regression on all products of Legendre polynomials up to a total degree, which is tuned with the ridge."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import (
    AbstractFamily,
    Climb,
    History,
    Ladder,
    Model,
    Unsuited,
    even_pairs,
    geometric_between,
    too_many_terms,
    whole_between,
)
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.legendre import LegendreModel
    from nbody_emulator.emulators.training import TrainingSet
    from nbody_emulator.quantities.quantity import Output, Parameter

LOWEST = 2
"""The lowest total degree tried: a straight line is a family of its own."""


LADDER_DEGREE = 4
"""On the ladders: 35 products of three inputs, so many of the 80 runs of a block that without a penalty they follow the
noise."""


class AbstractLegendre(AbstractFamily):
    """A penalised regression of each output on its own observed rows, whose degree is tuned with the penalty.

    Attributes:
        weakest, strongest: ends of the penalties tried.
    """

    weakest: ClassVar[float]
    strongest: ClassVar[float]

    highest: int = setting(6, "Highest total degree that is tried", ge=2, le=12)
    degree: int = tuned(4, "total degree", ge=1)
    penalty: float = tuned(0.01, "strength of the penalty on the coefficients", ge=0.0)

    def candidates(self, count: int) -> list[Self]:
        """Total degrees, evenly spaced, with penalties that go round in the logarithm."""
        return [
            self.changed(
                degree=whole_between(LOWEST, self.highest, first),
                penalty=geometric_between(self.weakest, self.strongest, second),
            )
            for first, second in even_pairs(count)
        ]

    def unsuited(self, parameters: "Sequence[Parameter]", outputs: "Sequence[Output]") -> Unsuited | None:
        del outputs
        return too_many_terms(
            f"emulators.{type(self).__name__.lower()}", "highest", self.highest, len(parameters)
        )

    @classmethod
    def model(cls) -> "type[LegendreModel]":
        from nbody_emulator.emulators.models.legendre import LegendreModel

        return LegendreModel


class Legendre(AbstractLegendre):
    """With a ridge, told in units of one training row, as for the straight line."""

    meaning: ClassVar = "Ridge regression on all products of Legendre polynomials up to a total degree"
    label: ClassVar = "Legendre ridge regression"
    article: ClassVar = ""
    mark: ClassVar = Mark(6, ">")
    calibrator: ClassVar = "residual_shape"
    weakest: ClassVar = 1e-3
    strongest: ClassVar = 1e2
    ladders: ClassVar = (
        Ladder(
            key="penalties",
            climb=Climb.PRIOR,
            title="L2: Gaussian prior\nof spread $\\sigma/\\sqrt{\\rho}$",
            label="ridge $\\rho$ [runs]",
            minimum=1e-9,
            maximum=1e9,
            meaning="Legendre ridge regressions of total degree 4: strengths of the ridge, in training rows, ascending",
            rung="A strength",
            at=lambda penalty: {"degree": LADDER_DEGREE, "penalty": penalty},
            is_whole=False,
            uses_settings=False,
        ),
    )

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().with_ridge(training, self.degree, self.penalty), {}
