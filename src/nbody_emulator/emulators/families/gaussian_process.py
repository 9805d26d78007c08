"""A Gaussian process per output: tinygp's kernels with one length per input, noise that is log-linear in the inputs.

Candidates are kernels times prior means (a constant, or a constant and slopes, both as Gaussian priors in the kernel).
Everything else follows from the marginal likelihood (Rasmussen & Williams 2006, equation 2.30).
"""

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.covariance import KERNELS, MEANS, Covariance, empty_covariance
from nbody_emulator.emulators.family import Family, Response

TUNING_ROWS = 256
"""Rows from which the covariance is fitted while kernels are compared; the prediction itself uses all of them."""


class GaussianProcessModel(eqx.Module):
    """The conditioned processes of all outputs.

    Attributes:
        covariance: covariances of the q outputs, stacked on the first axis of every leaf.
        inputs: (n, d) scaled training inputs.
        dual: (q, n) inverse covariance matrix times targets; zero where a target is missing.
        whitening: (q, n, n) inverse Cholesky factor of the covariance matrix: its use is a product, not a solve.
    """

    covariance: Covariance
    inputs: jax.Array
    dual: jax.Array
    whitening: jax.Array

    def __call__(self, inputs: jax.Array) -> Response:
        def one_output(covariance, dual, whitening):
            similarity = covariance.between(self.inputs, inputs[None])[:, 0]
            prior = covariance.between(inputs[None], inputs[None])[0, 0]
            model_variance = jnp.maximum(prior - jnp.sum((whitening @ similarity) ** 2), 0.0)
            return similarity @ dual, model_variance + covariance.noise(inputs), model_variance

        return Response(*eqx.filter_vmap(one_output)(self.covariance, self.dual, self.whitening))

    @property
    def description(self) -> dict:
        rows, inputs = self.inputs.shape
        return {
            "rows": rows,
            "inputs": inputs,
            "outputs": len(self.dual),
            "kernel": self.covariance.kernel,
            "mean": self.covariance.mean,
        }


def candidates(settings, count):
    """Kernels times prior means, the most usual first; there are no more than six."""
    del settings
    return [{"kernel": kernel, "mean": mean} for kernel in KERNELS for mean in MEANS][:count]


def tuning_settings(settings):
    """Fewer rows for the marginal likelihood while kernels are compared."""
    return {**settings, "likelihood_rows": TUNING_ROWS}


def fit(training, hyperparameters, settings, key):
    """Maximum marginal likelihood for each output on its own observed rows, then conditioning on all of them."""
    from nbody_emulator.emulators.marginal_likelihood import condition, fit_covariance  # needs SciPy, use does not

    rows = training.observed.any(axis=1)
    inputs, targets = training.inputs[rows], training.targets[rows]
    limit = int(settings.get("likelihood_rows", len(inputs)))
    conditioned = []
    for output in range(targets.shape[1]):
        covariance = fit_covariance(inputs, targets[:, output], hyperparameters, limit, (key, "output", output))
        conditioned.append((covariance, *condition(covariance, inputs, targets[:, output])))
    covariances, duals, whitenings = zip(*conditioned, strict=True)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *covariances)
    return GaussianProcessModel(stacked, jnp.asarray(inputs), jnp.stack(duals), jnp.stack(whitenings)), {}


def skeleton(description: Mapping):
    """An empty model of the described shapes."""
    rows, inputs, outputs = (description[name] for name in ("rows", "inputs", "outputs"))
    one = empty_covariance(description["kernel"], description["mean"], inputs)
    return GaussianProcessModel(
        jax.tree.map(lambda leaf: jnp.zeros((outputs, *leaf.shape)), one),
        jnp.zeros((rows, inputs)),
        jnp.zeros((outputs, rows)),
        jnp.zeros((outputs, rows, rows)),
    )


FAMILY = Family(candidates, fit, skeleton, variance_terms="constant", tuning_settings=tuning_settings)
