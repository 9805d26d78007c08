"""The mean of the k nearest training runs in the scaled inputs."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.training import TrainingSet, padded

_ROWS_ROUNDED_TO = 64
"""So that training sets of near-equal size share a compilation."""


class NeighboursModel(eqx.Module):
    """All training rows; an output that is missing in a row is passed over for the next neighbour.

    Attributes:
        inputs: (n, d) scaled training inputs, zeros in rows that only fill up a round number.
        targets: (n, q) scaled training targets, NaN = missing, as all are in such rows.
        neighbours: k.
    """

    inputs: jax.Array
    targets: jax.Array
    neighbours: int = eqx.field(static=True)

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        distance = jnp.sum((self.inputs - inputs) ** 2, axis=1)
        mean = jax.vmap(partial(self._one_output, distance), in_axes=1)(self.targets)
        return IndependentGaussian(mean, jnp.ones_like(mean), jnp.full_like(mean, 1.0 / self.neighbours))

    def _one_output(self, distance, targets):
        nearest = jax.lax.top_k(-jnp.where(jnp.isnan(targets), jnp.inf, distance), self.neighbours)[1]
        return jnp.mean(targets[nearest])

    @staticmethod
    def of(training: TrainingSet, neighbours: int) -> "NeighboursModel":
        """Keep the rows; never ask for more neighbours than the sparsest output has values."""
        scarcest = int(training.observed.sum(axis=0).min())
        rows = padded(training.select(np.any(training.observed, axis=1)), _ROWS_ROUNDED_TO)
        fewest = max(min(neighbours, scarcest), 1)
        return NeighboursModel(jnp.asarray(rows.inputs), jnp.asarray(rows.targets), fewest)
