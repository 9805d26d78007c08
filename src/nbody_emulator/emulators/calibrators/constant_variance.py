"""One factor on each output's variance, the most likely one."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import softmax

from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.out_of_fold import OutOfFold

SMALLEST_RATIO = 1e-12
"""Of a squared residual over its variance: residuals that are all zero would send the factor there."""

_TURNS, _SETTLED = 500, 1e-10
"""Of expectation and maximization: at most so many, until the logarithm of the factor changes by less."""


class ConstantVariance(AbstractCalibrator):
    """exp(log_factor) on the variances; for families with a variance of their own that depends on the inputs.

    Attributes:
        log_factor: (q,).
    """

    log_factor: jax.Array

    @classmethod
    def fitted(cls, answers: OutOfFold, targets: np.ndarray) -> "ConstantVariance":
        """The maximum-likelihood factor on Gaussians, or on the components of mixtures of them.

        Given how likely each component gave each run, the factor is the mean of the components' squared residuals over
        their variances, so weighted; the likelihood grows with every turn. One component takes one turn.
        """
        parts = answers.ask(_widened_parts)
        log_weights, means, variances = (np.moveaxis(part, 1, 0) for part in parts)
        factors = []
        for output, column in enumerate(targets.T):
            seen = np.isfinite(column)
            squared = (column[seen] - means[:, seen, output]) ** 2
            factors.append(_log_factor(log_weights[:, seen], squared, variances[:, seen, output]))
        return cls(jnp.asarray(np.array(factors)))

    def __call__(self, distribution: AbstractDistribution, inputs: jax.Array) -> AbstractDistribution:
        del inputs
        return distribution.widened(jnp.exp(self.log_factor))


def _widened_parts(distribution):
    return distribution.widened_parts


def _log_factor(log_weights, squared, own):
    """The most likely factor on the variances `own` (k, n) of a mixture with these squared residuals (k, n)."""
    weights, log_factor = np.exp(log_weights), None
    for _ in range(_TURNS):
        before = log_factor
        ratio = np.maximum(np.sum(weights * (squared / own), axis=0), SMALLEST_RATIO)
        log_factor = np.log(ratio.mean())
        if len(squared) == 1 or (before is not None and abs(log_factor - before) < _SETTLED):
            break
        variances = own * np.exp(log_factor)
        weights = softmax(log_weights - 0.5 * (squared / variances + np.log(variances)), axis=0)
    return log_factor
