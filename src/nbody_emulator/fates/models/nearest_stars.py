"""Training stars, and whether it happened to them."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.fates.known_stars import KnownStars
from nbody_emulator.fates.preparation import Prepared
from nbody_emulator.streams import generator


class NearestStarsModel(eqx.Module):
    """The share among the nearest training stars, shrunk by one star towards that of all.

    Attributes:
        inputs: (m, d) of the training stars.
        happened: (m,) 1 or 0.
        share: () of all training stars.
        neighbours: how many are asked.
    """

    inputs: jax.Array
    happened: jax.Array
    share: jax.Array
    neighbours: int = eqx.field(static=True)

    def __call__(self, prepared: Prepared) -> jax.Array:
        asked = prepared.of_each
        # |x - y|^2 less |x|^2, which is the same for all.
        distances = jnp.sum(self.inputs**2, axis=1) - 2.0 * asked @ self.inputs.T
        # In single precision the largest are found fifty times as fast; it is the order alone that counts.
        _, nearest = jax.lax.top_k(-distances.astype(jnp.float32), self.neighbours)
        yes = jnp.sum(self.happened[nearest], axis=1) + self.share
        return jnp.log(yes) - jnp.log(self.neighbours + 1.0 - yes)

    @staticmethod
    def of(known: KnownStars, kept: int, neighbours: int, key: int) -> "NearestStarsModel":
        inputs, answers = known.inputs, known.answers
        chosen = np.sort(generator(key, "kept").permutation(len(answers))[:kept])
        return NearestStarsModel(
            jnp.asarray(inputs[chosen]),
            jnp.asarray(answers[chosen].astype(float)),
            jnp.asarray(known.share),
            min(neighbours, len(chosen)),
        )
