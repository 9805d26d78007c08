"""A Bayesian network whose weights are independent normals: the nearest to their posterior that variation finds.

Source: Blundell et al. 2015 (Weight uncertainty in neural networks, ICML 37, 1613).
"""

from typing import TYPE_CHECKING, ClassVar

from nbody_emulator.emulators.families.nuts_network import AbstractBayesianNetwork
from nbody_emulator.emulators.family import History, Model
from nbody_emulator.marks import Mark
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.training import TrainingSet


class VariationalNetwork(AbstractBayesianNetwork):
    """The record of a fit holds the negative lower bound of its evidence, step by step."""

    meaning: ClassVar = "Bayesian neural network, its weights approximated by independent normals"
    label: ClassVar = "variational network"
    mark: ClassVar = Mark(3, "*")

    width: int = setting(16, "Hidden units in each of the two layers", ge=1, le=1024)
    steps: int = setting(3000, "Steps of the optimizer", ge=1, le=1000000)

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        from nbody_emulator.emulators.models.bayesian_network import variational_network

        return variational_network(training, self, key)
