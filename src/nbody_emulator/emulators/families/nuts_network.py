"""A Bayesian network: all its weights are sampled by NUTS, which makes it the reference for cheaper approximations.

It is dear, and small: its cost grows with the runs and with the length of the trajectories that many weights take.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, geometric
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import GaussianEnsemble
    from nbody_emulator.emulators.training import TrainingSet

NARROWEST_PRIOR, WIDEST_PRIOR = 0.7, 4.0
FEWER_CHAINS, SHORTER = 2, 2
"""While candidates are compared and the calibrator is fitted: so many chains at most, shorter by this factor."""


class AbstractBayesianNetwork(AbstractFamily):
    """Networks of two hidden layers with a Gaussian for each output, drawn from a posterior of their weights."""

    article: ClassVar = "the "
    calibrator: ClassVar = "residual_shape"

    width: int = setting(8, "Hidden units in each of the two layers", ge=1, le=1024)
    networks: int = setting(100, "Draws of all weights that are kept, at most", ge=1, le=10000)
    prior_scale: float = tuned(
        1.5, "prior spread of the sum of what a unit reads, from inputs of 1 each", gt=0.0
    )

    def candidates(self, count: int) -> list[Self]:
        """Priors from smooth functions to rough ones."""
        return [self.changed(prior_scale=each) for each in geometric(NARROWEST_PRIOR, WIDEST_PRIOR, count)]

    @abstractmethod
    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]: ...

    @classmethod
    def model(cls) -> "type[GaussianEnsemble]":
        from nbody_emulator.emulators.models.ensemble import GaussianEnsemble

        return GaussianEnsemble


class SampledNetwork(AbstractBayesianNetwork):
    """The record of a fit holds R-hat of the predicted means and the number of divergences."""

    meaning: ClassVar = "Bayesian neural network, its weights sampled by NUTS"
    label: ClassVar = "sampled network"
    mark: ClassVar = Mark(5, "$\u2663$")

    chains: int = setting(4, "Markov chains", ge=1, le=1024)
    warmup: int = setting(
        300, "Steps by which each chain adapts itself, which are not kept", ge=1, le=1000000
    )
    draws: int = setting(150, "Draws of each chain after that", ge=4, le=1000000)

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        from nbody_emulator.emulators.models.bayesian_network import sampled_network

        return sampled_network(training, self, key)

    def while_calibrating(self) -> Self:
        """Fewer chains, and shorter ones."""
        return self.changed(
            chains=min(self.chains, FEWER_CHAINS),
            warmup=max(self.warmup // SHORTER, 1),
            draws=max(self.draws // SHORTER, 4),
        )
