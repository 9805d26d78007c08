"""Support vector regression: a smooth function that passes within a tube of most runs, and is held by the others."""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, even_pairs, geometric_between
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.support_vectors import SupportVectorsModel
    from nbody_emulator.emulators.training import TrainingSet

WIDEST, NARROWEST = 0.1, 2.0
"""Ends of the inverse squared lengths tried, times the number of inputs, which have unit variance: from a kernel that
reaches over the whole design to one that sees a corner of it."""

DEAREST, CHEAPEST = 50.0, 0.3
"""Ends of the costs tried. The dearest come with wide kernels: with a narrow one they follow the noise, for long."""


class SupportVectors(AbstractFamily):
    """Each output on its own observed rows."""

    meaning: ClassVar = "Support vector regression with a Gaussian kernel"
    label: ClassVar = "support vectors"
    mark: ClassVar = Mark(7, "p")
    calibrator: ClassVar = "residual_shape"

    tube: float = setting(
        0.1, "Residual that costs nothing, in standard deviations of the output", ge=0, le=10
    )
    gamma: float = tuned(
        0.5, "inverse square of the kernel's length in scaled inputs, times their number", gt=0.0
    )
    cost: float = tuned(
        5.0, "what a residual of 1 costs, beside half the squared norm of the function", gt=0.0
    )

    def candidates(self, count: int) -> list[Self]:
        """Lengths of the kernel, evenly spaced in the logarithm, with costs that go round in it."""
        return [
            self.changed(
                gamma=geometric_between(WIDEST, NARROWEST, first),
                cost=geometric_between(DEAREST, CHEAPEST, second),
            )
            for first, second in even_pairs(count)
        ]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        return self.model().of(training, self.tube, self.cost, self.gamma), {}

    @classmethod
    def model(cls) -> "type[SupportVectorsModel]":
        from nbody_emulator.emulators.models.support_vectors import SupportVectorsModel

        return SupportVectorsModel
