"""Ridge regression on all monomials of the scaled inputs up to a total degree: a closed form, and a ladder.

The degree is the configuration's; the ridge is tuned. On the ladder it is the other way round: degrees without a ridge.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import (
    AbstractFamily,
    Climb,
    History,
    Ladder,
    Model,
    Unsuited,
    geometric,
    too_many_terms,
)
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.basis import BasisModel
    from nbody_emulator.emulators.training import TrainingSet
    from nbody_emulator.quantities.quantity import Output, Parameter

WEAKEST, STRONGEST = 1e-3, 1e2
"""Ends of the ridge strengths tried, in units of one training row, as for the straight line."""

LADDER_RIDGE = 1e-6
"""Far below one training row: it only keeps the equations solvable when there are more terms than rows."""


class Polynomial(AbstractFamily):
    """Ridge regression of each output on its own observed rows."""

    meaning: ClassVar = "Ridge regression on all monomials up to a total degree"
    label: ClassVar = "polynomial ridge regression"
    article: ClassVar = ""
    mark: ClassVar = Mark(3, "X")
    calibrator: ClassVar = "residual_shape"
    ladders: ClassVar = (
        Ladder(
            key="degrees",
            climb=Climb.COMPLEXITY,
            title="polynomial",
            label="degree",
            minimum=0,
            maximum=12,
            meaning="Least-squares polynomials: total degrees, ascending",
            rung="A degree",
            at=lambda degree: {"degree": degree, "ridge": LADDER_RIDGE},
            by_factors=False,
            uses_settings=False,
            always=True,
        ),
    )

    degree: int = setting(3, "Total degree", ge=0, le=12)
    ridge: float = tuned(1.0, "strength of the ridge, in training rows", ge=0.0)

    def candidates(self, count: int) -> list[Self]:
        """Ridge strengths, evenly spaced in the logarithm, at the degree that is set."""
        return [self.changed(ridge=each) for each in geometric(WEAKEST, STRONGEST, count)]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, self.degree, self.ridge), {}

    def unsuited(self, parameters: "Sequence[Parameter]", outputs: "Sequence[Output]") -> Unsuited | None:
        del outputs
        return too_many_terms("emulators.polynomial", "degree", self.degree, len(parameters))

    def terms(self, inputs: int) -> int:
        """All monomials."""
        return math.comb(inputs + self.degree, self.degree)

    @classmethod
    def model(cls) -> "type[BasisModel]":
        from nbody_emulator.emulators.models.basis import BasisModel

        return BasisModel
