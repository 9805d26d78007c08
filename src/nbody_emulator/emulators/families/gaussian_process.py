"""A Gaussian process per output: tinygp's kernels with one length per input, noise that is log-linear in the
inputs.

Candidates are kernels times prior means (a constant, or a constant and slopes, both as Gaussian priors in the
kernel). Everything else follows from the marginal likelihood (Rasmussen & Williams 2006, equation 2.30).
"""

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.calibrators.constant_variance import ConstantVariance
from nbody_emulator.emulators.covariance import KERNELS, MEANS, Covariance, Form
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.family import Family
from nbody_emulator.emulators.training import padded

TUNING_ROWS = 128
"""Rows from which the covariance is fitted while kernels are compared; the prediction itself uses all of
them.
"""

_ROWS_ROUNDED_TO = 32


class GaussianProcessModel(eqx.Module):
    """The conditioned processes of all outputs.

    Attributes:
        kernel, mean: names of kernel and prior mean, the same for all outputs.
        covariance: covariances of the q outputs, stacked on the first axis of every leaf.
        inputs: (n, d) scaled training inputs, zeros in rows that only fill up a round number.
        dual: (q, n) inverse covariance matrix times targets; zero where a target is missing.
        whitening: (q, n, n) inverse Cholesky factor of the covariance matrix: its use is a product, not a
            solve.
    """

    kernel: str = eqx.field(static=True)
    mean: str = eqx.field(static=True)
    covariance: Covariance
    inputs: jax.Array
    dual: jax.Array
    whitening: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        form = Form.named(self.kernel, self.mean)

        def one_output(covariance, dual, whitening):
            similarity = covariance.between(form, self.inputs, inputs[None])[:, 0]
            prior = covariance.between(form, inputs[None], inputs[None])[0, 0]
            # Rounding can bring the difference a hair below zero.
            model_variance = jnp.maximum(prior - jnp.sum((whitening @ similarity) ** 2), 0.0)
            return similarity @ dual, model_variance + covariance.noise(inputs), model_variance

        return IndependentGaussian(*eqx.filter_vmap(one_output)(self.covariance, self.dual, self.whitening))

    @property
    def description(self) -> dict:
        return {"kernel": self.kernel, "mean": self.mean}


def candidates(settings, count):
    """Kernels times prior means; there are no more than six."""
    del settings
    return [{"kernel": kernel, "mean": mean} for kernel in KERNELS for mean in MEANS][:count]


def tuning_settings(settings):
    """Fewer rows for the marginal likelihood while kernels are compared."""
    return {**settings, "likelihood_rows": TUNING_ROWS}


def fit(training, hyperparameters, settings, key):
    """Maximum marginal likelihood for each output on its own observed rows, then conditioning on all of
    them.
    """
    from nbody_emulator.emulators.marginal_likelihood import (
        condition,
        fit_covariance,
    )  # needs SciPy, use does not

    form = Form.named(hyperparameters["kernel"], hyperparameters["mean"])
    rows = padded(training.select(training.observed.any(axis=1)), _ROWS_ROUNDED_TO)
    limit = int(settings.get("likelihood_rows", len(rows.inputs)))
    conditioned = []
    for output, targets in enumerate(rows.targets.T):
        covariance = fit_covariance(form, rows.inputs, targets, (TUNING_ROWS, limit), (key, "output", output))
        conditioned.append((covariance, *condition(form, covariance, rows.inputs, targets)))
    covariances, duals, whitenings = zip(*conditioned, strict=True)
    stacked = jax.tree.map(_stacked, *covariances)
    return GaussianProcessModel(
        hyperparameters["kernel"],
        hyperparameters["mean"],
        stacked,
        jnp.asarray(rows.inputs),
        _stacked(*duals),
        _stacked(*whitenings),
    ), {}


def _stacked(*leaves):
    # By NumPy, which does not compile for every new shape.
    return jnp.asarray(np.stack(leaves))


def skeleton(description: Mapping):
    """A model without its arrays."""
    kernel, mean = description["kernel"], description["mean"]
    Form.named(kernel, mean)  # refuses names that are not known, before anything is asked of them
    return GaussianProcessModel(kernel, mean, Covariance(0.0, 0.0, 0.0, 0.0), 0.0, 0.0, 0.0)


FAMILY = Family(candidates, fit, skeleton, calibrator=ConstantVariance, tuning_settings=tuning_settings)
