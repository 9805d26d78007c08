"""The mean of the training targets."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.training import TrainingSet


class MeanModel(eqx.Module):
    """The same mean everywhere, of `runs` (q,) training runs."""

    mean: jax.Array
    runs: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        del inputs
        return IndependentGaussian(self.mean, jnp.ones_like(self.mean), 1.0 / self.runs)

    @staticmethod
    def of(training: TrainingSet) -> "MeanModel":
        """Column means of the observed targets."""
        observed = training.observed
        count = np.maximum(observed.sum(axis=0), 1)
        mean = np.where(observed, training.targets, 0.0).sum(axis=0) / count
        return MeanModel(jnp.asarray(mean), jnp.asarray(count, dtype=float))
