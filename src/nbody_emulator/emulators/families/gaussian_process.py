"""A Gaussian process per output, with noise that is log-linear in the inputs.

Candidates are kernels times prior means; everything else follows from the marginal likelihood.
"""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, Climb, History, Ladder, Model
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import inner, tuned

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.gaussian_process import GaussianProcessModel
    from nbody_emulator.emulators.training import TrainingSet

TUNING_ROWS = 128
"""Rows from which the covariance is fitted while kernels are compared; the prediction itself uses all of
them.
"""


class GaussianProcess(AbstractFamily):
    """Each output's process is fitted to its own observed rows."""

    meaning: ClassVar = "Gaussian process"
    label: ClassVar = "Gaussian process"
    mark: ClassVar = Mark(4, "^")
    calibrator: ClassVar = "residual_shape"
    prominent: ClassVar = True
    ladders: ClassVar = (
        Ladder(
            key="lengths",
            climb=Climb.COMPLEXITY,
            title="Gaussian process",
            label="length scale",
            minimum=0.01,
            maximum=100.0,
            meaning="Gaussian processes of one given length scale along all scaled inputs, ascending",
            rung="A length scale",
            at=lambda length: {"length": length},
            is_whole=False,
            falls=True,
            uses_settings=False,
        ),
    )

    kernel: str = tuned("matern52", "stationary kernel, by name")
    mean: str = tuned("linear", "prior mean, by name")
    likelihood_rows: int | None = inner(None, "rows from which the covariance is fitted; all if None")
    length: float | None = inner(None, "length scale along all scaled inputs; fitted if None")

    def candidates(self, count: int) -> list[Self]:
        """Kernels times prior means; there are no more than six."""
        from nbody_emulator.emulators.models.covariance import KERNELS, MEANS

        pairs = [(kernel, mean) for kernel in KERNELS for mean in MEANS]
        return [self.changed(kernel=kernel, mean=mean) for kernel, mean in pairs[:count]]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        rows = (TUNING_ROWS, self.likelihood_rows)
        return self.model().of(training, self.kernel, self.mean, rows, self.length, key), {}

    def while_comparing(self) -> Self:
        """Fewer rows for the marginal likelihood."""
        return self.changed(likelihood_rows=TUNING_ROWS)

    @classmethod
    def model(cls) -> "type[GaussianProcessModel]":
        from nbody_emulator.emulators.models.gaussian_process import GaussianProcessModel

        return GaussianProcessModel
