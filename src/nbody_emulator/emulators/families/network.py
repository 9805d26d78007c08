"""A deep ensemble: small multilayer perceptrons with a Gaussian head, trained side by side in one compiled function.

Each member starts from its own weights and sets aside its own design points for early stopping. Source of the
idea: Lakshminarayanan, Pritzel & Blundell 2017 (an equal mixture of the members' densities).
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Ladder, Model, geometric
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import GaussianEnsemble
    from nbody_emulator.emulators.training import TrainingSet

WIDTHS = (16, 32)
SMALLEST_DECAY, LARGEST_DECAY = 0.2, 5.0
LADDER_DECAY = 0.01
TUNING_MEMBERS, VARIANCE_MEMBERS = 2, 4
"""Members of an inner fold's ensemble while candidates are compared, and while the chosen one's variance is
fitted.

Four instead of eight members add an eighth of the variance between members to the residuals, about 1 % of the
noise.
"""


class AbstractNetwork(AbstractFamily):
    """Networks of two hidden layers, with all outputs in one head."""

    is_fitted_by_epochs: ClassVar = True
    prominent: ClassVar = True

    members: int = setting(8, "Networks in the ensemble", ge=1, le=1024)
    epochs: int = setting(400, "Passes over the training data at most", ge=1, le=1000000)
    learning_rate: float = setting(0.01, "Peak learning rate", gt=0, le=1)
    validation_fraction: float = setting(
        0.2, "Share of the design points kept aside for early stopping", gt=0, le=0.5
    )
    width: int = tuned(16, "hidden units in each of the two layers")
    weight_decay: float = tuned(1.0, "decoupled weight decay")

    def candidates(self, count: int) -> list[Self]:
        """Widths, each with weight decays evenly spaced in the logarithm."""
        decays = geometric(SMALLEST_DECAY, LARGEST_DECAY, -(-count // len(WIDTHS)))
        grid = [(width, decay) for decay in decays for width in WIDTHS]
        return [self.changed(width=width, weight_decay=decay) for width, decay in grid[:count]]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        """The ensemble, and the loss curves of its members."""
        (model,), history = self.ensembles([training], [key])
        return model, history

    def fit_each(self, folds: "Sequence[TrainingSet]", keys: Sequence[int]) -> Sequence[Model]:
        """All folds' members are trained together."""
        return self.ensembles(folds, keys)[0]

    def while_comparing(self) -> Self:
        """Few members."""
        return self.changed(members=min(self.members, TUNING_MEMBERS))

    def while_calibrating(self) -> Self:
        """More members."""
        return self.changed(members=min(self.members, VARIANCE_MEMBERS))

    @abstractmethod
    def ensembles(
        self, folds: "Sequence[TrainingSet]", keys: Sequence[int]
    ) -> tuple[Sequence[Model], History]:
        """One ensemble for each training set, all trained together, and the loss curves of all members."""


class Network(AbstractNetwork):
    """A Gaussian for each output."""

    meaning: ClassVar = "Ensemble of neural networks, each with a Gaussian head"
    label: ClassVar = "network ensemble"
    mark: ClassVar = Mark(0, "o")
    calibrator: ClassVar = "residual_shape"
    ladder: ClassVar = Ladder(
        title="network",
        label="hidden units",
        by_factors=True,
        key="widths",
        minimum=1,
        maximum=4096,
        meaning="Networks of two hidden layers of equal width; needs the network among the emulators",
        steps="Hidden units, ascending",
        step="A width",
        at=lambda width: {"width": width, "weight_decay": LADDER_DECAY},
        uses_settings=True,
    )

    def ensembles(
        self, folds: "Sequence[TrainingSet]", keys: Sequence[int]
    ) -> tuple[Sequence[Model], History]:
        return self.model().of_each(folds, self, keys)

    @classmethod
    def model(cls) -> "type[GaussianEnsemble]":
        from nbody_emulator.emulators.models.ensemble import GaussianEnsemble

        return GaussianEnsemble
