"""An ensemble of networks of stars: the equal mixture of its members' densities."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import equinox as eqx
import jax

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.ensemble import AbstractEnsemble, trained
from nbody_emulator.emulators.models.gaussian_head import GaussianHead
from nbody_emulator.emulators.models.set_head import SetHead
from nbody_emulator.emulators.models.set_network import SetNetwork
from nbody_emulator.emulators.training import TrainingSet

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.deep_sets import DeepSets


class SetEnsemble(AbstractEnsemble):
    """Of networks with a Gaussian for each output, stacked on the first axis of every leaf of `members`."""

    members: SetNetwork

    def __call__(self, inputs: jax.Array) -> Mixture:
        numbers = eqx.filter_vmap(lambda member: member(inputs))(self.members)
        return Mixture.equal(jax.vmap(GaussianHead(numbers.shape[1] // 2).distribution)(numbers))

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "DeepSets", keys: Sequence[int]
    ) -> "tuple[list[SetEnsemble], History]":
        cluster = folds[0].of_cluster.shape[1]
        head = SetHead(folds[0].targets.shape[1], cluster, family.frame, family.pooling)
        ensembles, history = trained(folds, family, head, keys)
        return [SetEnsemble(members) for members in ensembles], history
