"""The mean of the training targets: what every other family has to beat."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.calibrators.constant_variance import ConstantVariance
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.family import Family


class MeanModel(eqx.Module):
    """The same mean everywhere, of `runs` (q,) training runs."""

    mean: jax.Array
    runs: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        del inputs
        return IndependentGaussian(self.mean, jnp.ones_like(self.mean), 1.0 / self.runs)

    @property
    def description(self) -> dict:
        return {}


def candidates(settings, count):
    """One: the mean has no hyperparameters."""
    del settings, count
    return [{}]


def fit(training, hyperparameters, settings, key):
    """Column means of the observed targets."""
    del hyperparameters, settings, key
    observed = training.observed
    count = np.maximum(observed.sum(axis=0), 1)
    mean = np.where(observed, training.targets, 0.0).sum(axis=0) / count
    return MeanModel(jnp.asarray(mean), jnp.asarray(count, dtype=float)), {}


def skeleton(description):
    """A model without its arrays."""
    del description
    return MeanModel(0.0, 0.0)


FAMILY = Family(candidates, fit, skeleton, calibrator=ConstantVariance)
