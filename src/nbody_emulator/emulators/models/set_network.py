"""A network of a set of stars: every star alike, pooled, then read together with what is known of the whole cluster.

Source: Zaheer et al. 2017 (Deep Sets, NeurIPS 30) for sums; Ilse, Tomczak & Welling 2018 (ICML 35) for attention.
"""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.models.perceptron import Dense, Perceptron, draw_perceptron
from nbody_emulator.emulators.models.star_frames import FRAMES, STAR, present

POOLED = 2
"""Ways in which the stars' hidden units are pooled side by side."""


class SetNetwork(eqx.Module):
    """Inputs (c + 8 N,), of the cluster and then star by star -> numbers (m,), whatever the order of the stars.

    Attributes:
        of_star: of what is told of one star; its hidden units are pooled, its two numbers are what attention weighs
            them by, where it does.
        of_cluster: reads the cluster's inputs and what was pooled.
        frame, pooling: names in `FRAMES` and `POOLINGS`.
        cluster: how many inputs are of the cluster.
    """

    of_star: Perceptron
    of_cluster: Perceptron
    frame: str = eqx.field(static=True)
    pooling: str = eqx.field(static=True)
    cluster: int = eqx.field(static=True)

    def __call__(self, inputs: jax.Array, units: jax.Array | float = 1.0) -> jax.Array:
        """Args: units (width,) of ones and zeros switches hidden units off while training."""
        stars = inputs[self.cluster :].reshape(-1, STAR)
        there = present(stars)
        told = FRAMES[self.frame].told(stars, jnp.sum(there))
        hidden = jax.vmap(self.of_star.features, in_axes=(0, None))(told, units)
        asked = jax.vmap(self.of_star.layers[-1])(hidden).T
        weights = POOLINGS[self.pooling](asked, stars[:, 0], there)
        return self.of_cluster(jnp.concatenate([inputs[: self.cluster], (weights @ hidden).ravel()]), units)

    def narrowed(self, width: int) -> "SetNetwork":
        """With its first `width` hidden units alone; leaves may carry leading axes."""
        first, *others = self.of_cluster.layers
        widest = first.weight.shape[-2]
        pooled = [self.cluster + way * widest + unit for way in range(POOLED) for unit in range(width)]
        chosen = Dense(first.weight[..., [*range(self.cluster), *pooled]], first.bias)
        of_cluster = Perceptron((chosen, *others)).narrowed(width)
        return SetNetwork(self.of_star.narrowed(width), of_cluster, self.frame, self.pooling, self.cluster)

    def weights_alone(self) -> "SetNetwork":
        """Ones in place of its weights, zeros in place of its biases."""
        parts = self.of_star.weights_alone(), self.of_cluster.weights_alone()
        return SetNetwork(*parts, self.frame, self.pooling, self.cluster)


def draw_set_network(
    cluster: int, frame: str, pooling: str, depth: int, numbers: int, units: jax.Array, key: jax.Array
) -> SetNetwork:
    """A network with independent normal weights, both parts as `draw_perceptron` draws them.

    Args:
        cluster: inputs of the whole cluster.
        depth: hidden layers of either part.
        units: (width,) ones for the hidden units in use.
    """
    width = len(units)
    star_key, cluster_key = jax.random.split(key)
    of_star = draw_perceptron(FRAMES[frame].size, width, depth, POOLED, units, star_key)
    of_cluster = draw_perceptron(cluster + POOLED * width, width, depth, numbers, units, cluster_key)
    return SetNetwork(of_star, of_cluster, frame, pooling, cluster)


Pooling = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]
"""Of two numbers of every star (2, N), shares of the mass (N,) and which slots hold stars (N,): weights (2, N)."""


def mean(asked: jax.Array, shares: jax.Array, there: jax.Array) -> jax.Array:
    """Each star counted alike, and by its mass."""
    del asked
    # A cluster without stars pools nothing.
    return jnp.stack([there / jnp.maximum(jnp.sum(there), 1.0), shares * there])


def attention(asked: jax.Array, shares: jax.Array, there: jax.Array) -> jax.Array:
    """Twice as its own numbers say: softmax over the stars."""
    del shares
    highest = jnp.max(jnp.where(there > 0.0, asked, _LOWEST), axis=1, keepdims=True, initial=_LOWEST)
    weights = there * jnp.exp(jnp.minimum(asked - highest, 0.0))
    # With a star the sum is at least one.
    return weights / jnp.maximum(jnp.sum(weights, axis=1, keepdims=True), 0.5)


_LOWEST = -1e30

POOLINGS: dict[str, Pooling] = {"mean": mean, "attention": attention}
"""By the name that the configuration has for it."""
