"""A deep ensemble: small multilayer perceptrons with a Gaussian head, trained side by side in one compiled function.

Each member starts from its own weights and sets aside its own design points for early stopping. Source of the
idea: Lakshminarayanan, Pritzel & Blundell 2017 (an equal mixture of the members' densities).
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, Climb, History, Ladder, Model, geometric
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import inner, tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import AbstractEnsemble, GaussianEnsemble
    from nbody_emulator.emulators.training import TrainingSet

WIDTHS = (16, 32)
LADDER_DECAY, LADDER_WIDTH = 0.01, 32
"""On a ladder of complexity hardly anything holds a network back; on one of priors the network is wide."""

TUNING_MEMBERS, VARIANCE_MEMBERS = 2, 4
"""Members of an inner fold's ensemble while candidates are compared, and while the chosen one's variance is
fitted.

Four instead of eight members add an eighth of the variance between members to the residuals, about 1 % of the
noise.
"""


class AbstractNetwork(AbstractFamily):
    """Networks of hidden layers of equal width, with all outputs in one head.

    Attributes:
        decays: the smallest and the largest weight decay that are tried.
    """

    is_fitted_by_epochs: ClassVar = True
    prominent: ClassVar = True
    decays: ClassVar[tuple[float, float]] = (0.2, 5.0)

    members: int = setting(8, "Networks in the ensemble", ge=1, le=1024)
    epochs: int = setting(400, "Passes over the training data at most", ge=1, le=1000000)
    learning_rate: float = setting(0.01, "Peak learning rate", gt=0, le=1)
    validation_fraction: float = setting(
        0.2, "Share of the design points kept aside for early stopping", gt=0, le=0.5
    )
    width: int = tuned(16, "hidden units in each layer", ge=1)
    weight_decay: float = tuned(1.0, "decoupled weight decay", ge=0.0)
    depth: int = inner(2, "hidden layers")
    last_epoch: int | None = inner(
        None, "epoch whose weights are kept; that of the smallest validation loss if None"
    )

    def candidates(self, count: int) -> list[Self]:
        """Widths, each with weight decays evenly spaced in the logarithm."""
        decays = geometric(*self.decays, -(-count // len(WIDTHS)))
        grid = [(width, decay) for decay in decays for width in WIDTHS]
        return [self.changed(width=width, weight_decay=decay) for width, decay in grid[:count]]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        """The ensemble, and the loss curves of its members."""
        (model,), history = self.model().of_each([training], self, [key])
        return model, history

    def fit_each(self, folds: "Sequence[TrainingSet]", keys: Sequence[int]) -> Sequence[Model]:
        """All folds' members are trained together."""
        return self.model().of_each(folds, self, keys)[0]

    def while_comparing(self) -> Self:
        """Few members."""
        return self.changed(members=min(self.members, TUNING_MEMBERS))

    def while_calibrating(self) -> Self:
        """More members."""
        return self.changed(members=min(self.members, VARIANCE_MEMBERS))

    @classmethod
    @abstractmethod
    def model(cls) -> "type[AbstractEnsemble]":
        """The class of its ensembles."""


class Network(AbstractNetwork):
    """A Gaussian for each output."""

    meaning: ClassVar = "Ensemble of neural networks, each with a Gaussian head"
    label: ClassVar = "network ensemble"
    mark: ClassVar = Mark(0, "o")
    calibrator: ClassVar = "residual_shape"
    ladders: ClassVar = (
        Ladder(
            key="widths",
            climb=Climb.COMPLEXITY,
            title="network",
            label="hidden units",
            minimum=1,
            maximum=4096,
            meaning="Networks of two hidden layers of equal width: hidden units, ascending",
            rung="A width",
            at=lambda width: {"width": width, "weight_decay": LADDER_DECAY},
        ),
        Ladder(
            key="depths",
            climb=Climb.COMPLEXITY,
            title="network",
            label="hidden layers",
            minimum=1,
            maximum=32,
            meaning="Networks of 32 hidden units in every layer: hidden layers, ascending",
            rung="A depth",
            at=lambda depth: {"depth": depth, "width": LADDER_WIDTH, "weight_decay": LADDER_DECAY},
            by_factors=False,
        ),
        Ladder(
            key="decays",
            climb=Climb.PRIOR,
            title="Weight decay:\nabout a Gaussian prior",
            label="weight decay",
            minimum=1e-9,
            maximum=1e3,
            meaning="Networks of two hidden layers of 32 units: decoupled weight decays, ascending",
            rung="A weight decay",
            at=lambda decay: {"width": LADDER_WIDTH, "weight_decay": decay},
            is_whole=False,
        ),
        Ladder(
            key="epochs",
            climb=Climb.PRIOR,
            title="Early stopping: about a\nGaussian prior that widens",
            label="epochs",
            minimum=1,
            maximum=1_000_000,
            meaning="Networks of two hidden layers of 32 units as they are after so many epochs, whatever their "
            "validation loss, ascending",
            rung="A number of epochs",
            at=lambda epoch: {"width": LADDER_WIDTH, "weight_decay": LADDER_DECAY, "last_epoch": epoch},
            falls=True,
            below="epochs",
        ),
    )

    @classmethod
    def model(cls) -> "type[GaussianEnsemble]":
        from nbody_emulator.emulators.models.ensemble import GaussianEnsemble

        return GaussianEnsemble
