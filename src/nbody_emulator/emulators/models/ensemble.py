"""A deep ensemble of networks: an equal mixture of its members' densities."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.ensemble_training import Job, train
from nbody_emulator.emulators.models.gaussian_network import GaussianNetwork
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.streams import generator, key_integer

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.network import Network


class EnsembleModel(eqx.Module):
    """Members stacked on the first axis of every leaf of `members`, an equal mixture."""

    members: GaussianNetwork

    def __call__(self, inputs: jax.Array) -> Mixture:
        means, variances = eqx.filter_vmap(lambda member: member(inputs))(self.members)
        # What more runs would remove of a member's own variance is not known; their means' scatter is counted anyway.
        return Mixture.equal(IndependentGaussian(means, variances, jnp.zeros_like(means)))

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "Network", keys: Sequence[int]
    ) -> "tuple[list[EnsembleModel], History]":
        """One ensemble for each fold, all their members trained together, and the loss curves of all members."""
        jobs = [member_jobs(fold, family, key) for fold, key in zip(folds, keys, strict=True)]
        networks, history = train(folds[0].inputs, [job for each in jobs for job in each], family)
        parts = [
            slice(start, start + family.members)
            for start in range(0, family.members * len(folds), family.members)
        ]
        return [EnsembleModel(_on_device(networks, part)) for part in parts], history


def member_jobs(training: TrainingSet, family: "Network", key: int) -> list[Job]:
    """What each member is to learn from: its targets, the rows it sets aside, the seed of its weights."""
    return [
        Job(
            training.targets,
            set_aside(training, family.validation_fraction, generator(key, "early-stopping", member)),
            key_integer(key, "weights", member),
        )
        for member in range(family.members)
    ]


def set_aside(training: TrainingSet, fraction: float, random: np.random.Generator) -> np.ndarray:
    """(n,) True for the rows used for early stopping: whole design points, never all of those that have
    targets.
    """
    present = np.unique(training.groups[training.observed.any(axis=1)])
    count = min(max(round(fraction * len(present)), 1), len(present) - 1)
    return np.isin(training.groups, random.permutation(present)[:count])


def _on_device(members, chosen):
    return jax.tree.map(lambda leaf: jnp.asarray(leaf[chosen]), members)
