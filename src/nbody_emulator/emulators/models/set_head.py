"""A Gaussian of each output, read off a network of the stars."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from nbody_emulator.emulators.models.gaussian_head import GaussianHead
from nbody_emulator.emulators.models.set_network import SetNetwork, draw_set_network
from nbody_emulator.emulators.models.star_frames import FRAMES, STAR, random_turns, rotated


class SetHead(GaussianHead):
    """As `GaussianHead`, of another network.

    Attributes:
        cluster: how many of a network's inputs are of the whole cluster.
        frame, pooling: names of how stars are told and pooled.
    """

    cluster: int = eqx.field(static=True)
    frame: str = eqx.field(static=True)
    pooling: str = eqx.field(static=True)

    # There are as many hidden units as stars times the width: rounding it up would cost more than a compilation.
    width_rounded_to: ClassVar[int] = 8

    @property
    def is_shown_anew(self) -> bool:
        return FRAMES[self.frame].is_rotated

    def draw(self, inputs: int, units: jax.Array, depth: int, key: jax.Array) -> SetNetwork:
        del inputs
        biases = self.first_biases
        return draw_set_network(self.cluster, self.frame, self.pooling, depth, len(biases), units, key)

    def shown(self, inputs: jax.Array, key: jax.Array) -> jax.Array:
        """Every cluster turned, or reflected, at random."""
        stars = inputs[:, self.cluster :].reshape(len(inputs), -1, STAR)
        turned = jax.vmap(rotated)(stars, random_turns(key, len(inputs)).astype(inputs.dtype))
        return jnp.concatenate([inputs[:, : self.cluster], turned.reshape(len(inputs), -1)], axis=1)
