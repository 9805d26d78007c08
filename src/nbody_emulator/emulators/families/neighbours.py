"""The mean of the k nearest training runs in the scaled inputs."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.calibrators.log_linear_variance import LogLinearVariance
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.family import Family
from nbody_emulator.emulators.training import padded

FEWEST, MOST = 3, 40

_ROWS_ROUNDED_TO = 32
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

    @property
    def description(self) -> dict:
        return {"neighbours": self.neighbours}


def candidates(settings, count):
    """Numbers of neighbours, evenly spaced in the logarithm."""
    del settings
    numbers = np.unique(np.round(np.geomspace(FEWEST, MOST, count)))
    return [{"neighbours": int(number)} for number in numbers]


def fit(training, hyperparameters, settings, key):
    """Keep the rows; never ask for more neighbours than the sparsest output has values."""
    del settings, key
    scarcest = int(training.observed.sum(axis=0).min())
    neighbours = max(min(hyperparameters["neighbours"], scarcest), 1)
    rows = padded(training.select(training.observed.any(axis=1)), _ROWS_ROUNDED_TO)
    return NeighboursModel(jnp.asarray(rows.inputs), jnp.asarray(rows.targets), neighbours), {}


def skeleton(description):
    """A model without its arrays."""
    return NeighboursModel(0.0, 0.0, description["neighbours"])


FAMILY = Family(candidates, fit, skeleton, calibrator=LogLinearVariance)
