"""Networks of one star among all: every star alike, pooled, then read together with the star that is asked about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logit

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.models.ensemble_training import Job, train
from nbody_emulator.emulators.models.head import AbstractHead
from nbody_emulator.emulators.models.perceptron import Dense, Perceptron, draw_perceptron
from nbody_emulator.fates.known_stars import KnownStars
from nbody_emulator.fates.preparation import Prepared
from nbody_emulator.streams import generator, key_integer

if TYPE_CHECKING:
    from nbody_emulator.fates.classifiers.star_in_set import StarInSet

POOLED = 2
"""Ways in which hidden units are pooled: their mean over all stars, and their largest."""

_LOWEST = -2.0
"""Below what a hyperbolic tangent can be: of empty slots, which are never the largest."""


class StarInSetNetwork(eqx.Module):
    """A cluster (c,) and its stars (N, k) -> log odds (N,).

    Attributes:
        of_star: of one star; its hidden units are pooled, its last layer is not used.
        of_asked: reads cluster, star and what was pooled.
    """

    of_star: Perceptron
    of_asked: Perceptron

    def __call__(self, prepared: Prepared, units: jax.Array | float = 1.0) -> jax.Array:
        """Args: units (width,) of ones and zeros switches hidden units off while training."""
        there = prepared.present.astype(prepared.stars.dtype)
        hidden = jax.vmap(self.of_star.features, in_axes=(0, None))(prepared.stars, units)
        mean = there @ hidden / jnp.maximum(jnp.sum(there), 1.0)
        largest = jnp.max(jnp.where(there[:, None] > 0.0, hidden, _LOWEST), axis=0) * units
        pooled = jnp.broadcast_to(jnp.concatenate([mean, largest]), (len(hidden), POOLED * hidden.shape[1]))
        asked = jnp.concatenate([prepared.of_each, pooled], axis=1)
        return jax.vmap(self.of_asked, in_axes=(0, None))(asked, units)[:, 0]

    def narrowed(self, width: int) -> "StarInSetNetwork":
        """With its first `width` hidden units alone; leaves may carry leading axes."""
        first, *others = self.of_asked.layers
        widest = first.weight.shape[-2]
        known = first.weight.shape[-1] - POOLED * widest
        pooled = [known + way * widest + unit for way in range(POOLED) for unit in range(width)]
        chosen = Dense(first.weight[..., [*range(known), *pooled]], first.bias)
        return StarInSetNetwork(self.of_star.narrowed(width), Perceptron((chosen, *others)).narrowed(width))

    def weights_alone(self) -> "StarInSetNetwork":
        """Ones in place of its weights, zeros in place of its biases."""
        return StarInSetNetwork(self.of_star.weights_alone(), self.of_asked.weights_alone())


class StarInSetModel(eqx.Module):
    """An ensemble: the mean of its members' probabilities.

    Attributes:
        members: stacked on the first axis of every leaf.
        start: () log odds of all training stars, from which each member departs.
    """

    members: StarInSetNetwork
    start: jax.Array

    def __call__(self, prepared: Prepared) -> jax.Array:
        odds = self.start + eqx.filter_vmap(lambda member: member(prepared))(self.members)
        yes, no = (jax.nn.logsumexp(jax.nn.log_sigmoid(sign * odds), axis=0) for sign in (1.0, -1.0))
        return yes - no

    @staticmethod
    def of_each(folds: Sequence[KnownStars], how: "StarInSet", keys: Sequence[int]) -> list["StarInSetModel"]:
        """An ensemble for each fold. Each member starts from its own weights, and sets aside its own design points for
        early stopping.
        """
        cluster, stars, present = (np.asarray(each) for each in _parts(folds[0].prepared))
        # Of all folds, whose members are trained as one: where training departs from, no more.
        start = logit(jnp.asarray(np.mean([fold.share for fold in folds])))
        # An input like any other: what is compiled then serves every fit.
        starts = np.full((len(cluster), 1), start)
        inputs = np.concatenate([starts, cluster, stars.reshape(len(stars), -1), present], axis=1)
        jobs = [
            Job(
                fold.happened,
                _set_aside(fold, how.validation_fraction, key, member),
                key_integer(key, "weights", member),
            )
            for fold, key in zip(folds, keys, strict=True)
            for member in range(how.members)
        ]
        networks, _ = train(inputs, jobs, how.training, StarHead(cluster.shape[1], stars.shape[2]))
        parts = (slice(first, first + how.members) for first in range(0, len(jobs), how.members))
        return [
            StarInSetModel(jax.tree.map(lambda leaf, part=part: jnp.asarray(leaf[part]), networks), start)
            for part in parts
        ]


class StarHead(AbstractHead):
    """The negative log probability of what happened a cluster's stars, their mean: one loss for each cluster.

    Attributes:
        cluster, star: inputs of a cluster and of a star.
    """

    cluster: int = eqx.field(static=True)
    star: int = eqx.field(static=True)

    # There are as many hidden units as stars times the width: rounding it up would cost more than a compilation.
    width_rounded_to: ClassVar[int] = 8

    @property
    def first_biases(self) -> np.ndarray:
        return np.zeros(1)

    def draw(self, inputs: int, units: jax.Array, depth: int, key: jax.Array) -> StarInSetNetwork:
        del inputs
        width = len(units)
        star_key, asked_key = jax.random.split(key)
        of_star = draw_perceptron(self.star, width, depth, 1, units, star_key)
        of_asked = draw_perceptron(
            self.cluster + self.star + POOLED * width, width, depth, 1, units, asked_key
        )
        return StarInSetNetwork(of_star, of_asked)

    def numbers(
        self, network: StarInSetNetwork, inputs: jax.Array, targets: jax.Array, units: jax.Array
    ) -> jax.Array:
        slots = len(targets)
        start, cluster, stars, present = jnp.split(inputs, [1, 1 + self.cluster, len(inputs) - slots])
        return start + network(Prepared(cluster, stars.reshape(slots, self.star), present > 0.5), units)

    def charged(self, observed: np.ndarray) -> np.ndarray:
        return np.asarray(observed.any(axis=1, keepdims=True))

    def losses(
        self, numbers: jax.Array, targets: jax.Array, observed: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        said = targets * jax.nn.log_sigmoid(numbers) + (1.0 - targets) * jax.nn.log_sigmoid(-numbers)
        loss = -jnp.sum(observed * said) / jnp.maximum(jnp.sum(observed), 1.0)
        return loss[None], jnp.ones(1, loss.dtype)


def _parts(prepared: Prepared) -> tuple[jax.Array, jax.Array, jax.Array]:
    return prepared.cluster, prepared.stars, prepared.present


def _set_aside(known: KnownStars, fraction: float, key: int, member: int) -> np.ndarray:
    """(n,) True for the clusters used for early stopping: whole design points, never all that teach."""
    points = np.unique(known.groups[known.observed.any(axis=1)])
    count = min(max(round(fraction * len(points)), 1), len(points) - 1)
    chosen = generator(key, "early-stopping", member).permutation(points)[:count]
    return cast(np.ndarray, np.isin(known.groups, chosen))
