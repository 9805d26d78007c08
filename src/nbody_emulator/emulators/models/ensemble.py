"""Ensembles of networks: equal mixtures of their members' densities."""

import warnings
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.autoregressive import Autoregressive
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.autoregressive_head import AutoregressiveHead, Conditionals
from nbody_emulator.emulators.models.ensemble_training import Job, train
from nbody_emulator.emulators.models.flow_chain import FlowChain
from nbody_emulator.emulators.models.flow_head import FlowHead
from nbody_emulator.emulators.models.gaussian_head import GaussianHead
from nbody_emulator.emulators.models.head import AbstractHead
from nbody_emulator.emulators.models.mixture_head import MixtureHead
from nbody_emulator.emulators.models.perceptron import Perceptron, draw_kept
from nbody_emulator.emulators.random_keys import counted_off, random_key
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.streams import generator, key_integer

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.autoregressive_network import AutoregressiveNetwork
    from nbody_emulator.emulators.families.flow import Flow
    from nbody_emulator.emulators.families.mc_dropout import DropoutNetwork
    from nbody_emulator.emulators.families.mixture_network import MixtureNetwork
    from nbody_emulator.emulators.families.network import AbstractNetwork, Network


FEWEST_TAUGHT = 0.9
"""Share of the runs with an output that may teach it without a warning."""


class AbstractEnsemble(eqx.Module):
    """Of networks that are trained side by side."""

    @abstractmethod
    def __call__(self, inputs: jax.Array) -> AbstractDistribution:
        """At one scaled input vector (d,)."""

    @staticmethod
    @abstractmethod
    def of_each(
        folds: Sequence[TrainingSet], family: Any, keys: Sequence[int]
    ) -> "tuple[Sequence[AbstractEnsemble], History]":
        """One ensemble for each fold, all their members trained together, and the loss curves of all members.

        `family` is the one whose model this is, with its settings and hyperparameters.
        """


class GaussianEnsemble(AbstractEnsemble):
    """Of networks with a Gaussian for each output, stacked on the first axis of every leaf of `members`."""

    members: Perceptron

    def __call__(self, inputs: jax.Array) -> Mixture:
        numbers = _numbers(self.members, inputs)
        return Mixture.equal(jax.vmap(GaussianHead(numbers.shape[1] // 2).distribution)(numbers))

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "Network", keys: Sequence[int]
    ) -> "tuple[list[GaussianEnsemble], History]":
        head = GaussianHead(folds[0].targets.shape[1])
        ensembles, history = trained(folds, family, head, keys)
        return [GaussianEnsemble(members) for members in ensembles], history


class ThinnedEnsemble(AbstractEnsemble):
    """Of networks with a Gaussian for each output, each in many versions without some of its hidden units.

    Attributes:
        members: stacked on the first axis of every leaf.
        kept: (members, versions, hidden layers, width) what the hidden units are multiplied by.
    """

    members: Perceptron
    kept: jax.Array

    def __call__(self, inputs: jax.Array) -> Mixture:
        def versions(member, kept):
            return jax.vmap(lambda each: member.thinned(inputs, each))(kept)

        numbers = eqx.filter_vmap(versions)(self.members, self.kept)
        numbers = numbers.reshape(-1, numbers.shape[-1])
        return Mixture.equal(jax.vmap(GaussianHead(numbers.shape[1] // 2).distribution)(numbers))

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "DropoutNetwork", keys: Sequence[int]
    ) -> "tuple[list[ThinnedEnsemble], History]":
        # Which units the versions go without is drawn once, for all inputs.
        head = GaussianHead(folds[0].targets.shape[1])
        ensembles, history = trained(folds, family, head, keys, family.dropout)
        shape = family.versions, family.depth, family.width

        def kept(key, member):
            return draw_kept(random_key(key_integer(key, "versions", member)), shape, family.dropout)

        with counted_off():
            drawn = [jnp.stack([kept(key, member) for member in range(family.members)]) for key in keys]
        return [ThinnedEnsemble(*parts) for parts in zip(ensembles, drawn, strict=True)], history


class MixtureEnsemble(AbstractEnsemble):
    """Of networks with a mixture of Gaussians of all outputs.

    Attributes:
        members: stacked on the first axis of every leaf.
        order: (q,) which output stands at each place of the networks' own order: the rarest last.
        components: of each member's mixture.
    """

    members: Perceptron
    order: jax.Array
    components: int = eqx.field(static=True)

    def __call__(self, inputs: jax.Array) -> Mixture:
        """A mixture of all members' components."""
        head = MixtureHead(len(self.order), self.components)
        mixtures = jax.vmap(head.distribution)(_numbers(self.members, inputs))
        log_weights = mixtures.log_weights - jnp.log(len(mixtures.log_weights))
        gaussians = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), mixtures.components)
        places = jnp.argsort(self.order)
        # Rows change places, and the product with its transpose is a covariance all the same.
        back = replace(
            gaussians, mean=gaussians.mean[:, places], scale_tril=gaussians.scale_tril[:, places, :]
        )
        return Mixture(log_weights.ravel(), back)

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "MixtureNetwork", keys: Sequence[int]
    ) -> "tuple[list[MixtureEnsemble], History]":
        head = MixtureHead(folds[0].targets.shape[1], family.components)
        ensembles, history = _trained_rarest_last(folds, family, head, keys)
        return [MixtureEnsemble(*each, family.components) for each in ensembles], history


class AutoregressiveEnsemble(AbstractEnsemble):
    """Of chains of networks.

    Attributes:
        members: stacked on the first axis of every leaf, the networks of a chain on the second.
        order: (q,) which output stands at each place of the chains: the rarest last.
    """

    members: Perceptron
    order: jax.Array

    def __call__(self, inputs: jax.Array) -> Autoregressive:
        return _chained(Conditionals, self.members, self.order, inputs)

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "AutoregressiveNetwork", keys: Sequence[int]
    ) -> "tuple[list[AutoregressiveEnsemble], History]":
        head = AutoregressiveHead(folds[0].targets.shape[1], family.components)
        ensembles, history = _trained_rarest_last(folds, family, head, keys)
        return [AutoregressiveEnsemble(*each) for each in ensembles], history


class FlowEnsemble(AbstractEnsemble):
    """Of masked autoregressive flows.

    Attributes:
        members: stacked on the first axis of every leaf, their weights masked.
        order: (q,) which output stands at each place of the flows: the rarest last.
    """

    members: Perceptron
    order: jax.Array

    def __call__(self, inputs: jax.Array) -> Autoregressive:
        return _chained(FlowChain, self.members, self.order, inputs)

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "Flow", keys: Sequence[int]
    ) -> "tuple[list[FlowEnsemble], History]":
        head = FlowHead(folds[0].inputs.shape[1], folds[0].targets.shape[1], family.knots)
        ensembles, history = _trained_rarest_last(folds, family, head, keys)
        return [FlowEnsemble(head.masked(members), order) for members, order in ensembles], history


def _chained(
    chain: type[Conditionals] | type[FlowChain], members: Perceptron, order: jax.Array, inputs: jax.Array
) -> Autoregressive:
    """The mixture of the members' chains at one point."""
    count, outputs = len(members.layers[0].bias), len(order)
    chains = chain(members, jnp.broadcast_to(inputs, (count, *inputs.shape)))
    ones = jnp.ones(outputs)
    return Autoregressive(chains, jax.nn.one_hot(order, outputs).T, 0.0 * ones, ones, ones)


def _trained_rarest_last(
    folds: Sequence[TrainingSet], family: "AbstractNetwork", head: AbstractHead, keys: Sequence[int]
) -> tuple[list[tuple[Perceptron, jax.Array]], History]:
    """The members for each fold, and its order (q,) of the outputs in them: the rarest last, else as they were."""
    orders = [np.argsort(-fold.observed.sum(axis=0), kind="stable") for fold in folds]
    _warn_of_lost_runs(folds[0], orders[0])
    ordered = [
        replace(fold, targets=fold.targets[:, order]) for fold, order in zip(folds, orders, strict=True)
    ]
    ensembles, history = trained(ordered, family, head, keys)
    return list(zip(ensembles, map(jnp.asarray, orders), strict=True)), history


def _warn_of_lost_runs(training: TrainingSet, order: np.ndarray) -> None:
    """Of an output those runs alone teach that have all the outputs before it."""
    observed = training.observed[:, order]
    have, taught = observed.sum(axis=0), np.cumprod(observed, axis=1).sum(axis=0)
    for place in np.flatnonzero(taught < FEWEST_TAUGHT * have):
        name = training.columns.outputs[order[place]].name
        before = ", ".join(training.columns.outputs[earlier].name for earlier in order[:place])
        warnings.warn(
            f"of {have[place]} runs with {name} only {taught[place]} have {before} as well, and joint networks learn "
            f"{name} from these alone; a family without joint distributions of its own learns from all",
            stacklevel=2,
        )


def _numbers(members, inputs):
    """(members, m)."""
    return eqx.filter_vmap(lambda member: member(inputs))(members)


def trained(
    folds: Sequence[TrainingSet],
    family: "AbstractNetwork",
    head: AbstractHead,
    keys: Sequence[int],
    dropout: float | None = None,
) -> tuple[list[Any], History]:
    """The members of an ensemble for each fold, networks of the head's kind."""
    jobs = [job for fold, key in zip(folds, keys, strict=True) for job in member_jobs(fold, family, key)]
    networks, history = train(folds[0].inputs, jobs, family, head, dropout)
    starts = range(0, len(jobs), family.members)
    return [_on_device(networks, slice(start, start + family.members)) for start in starts], history


def member_jobs(training: TrainingSet, family: "AbstractNetwork", key: int) -> list[Job]:
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
