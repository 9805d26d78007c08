"""A factor on each output's variance whose logarithm is linear in the scaled inputs."""

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.calibrators.constant_variance import SMALLEST_RATIO
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.points import each_point
from nbody_emulator.extras import extra

SLOPE_PENALTY = 1.0
"""Weak ridge on the slopes, as if one more observation spoke for none: it keeps tiny fits finite."""


class LogLinearVariance(AbstractCalibrator):
    """exp(intercept + slopes . x) on the variances; for families without a variance of their own.

    Attributes:
        intercept: (q,).
        slopes: (q, d).
    """

    intercept: jax.Array
    slopes: jax.Array

    @classmethod
    def fitted(
        cls, inputs: np.ndarray, distributions: AbstractDistribution, targets: np.ndarray
    ) -> "LogLinearVariance":
        """The maximum-likelihood factor on Gaussians: a gamma regression of squared residuals over variances."""
        means, variances = each_point(_mean_and_variance, (len(targets),), distributions)
        ratios = (targets - means) ** 2 / variances
        fits = [_gamma_regression(inputs, ratio) for ratio in ratios.T]
        intercepts, slopes = zip(*fits, strict=True)
        return cls(jnp.asarray(np.array(intercepts)), jnp.asarray(np.stack(slopes)))

    def __call__(self, distribution: AbstractDistribution, inputs: jax.Array) -> AbstractDistribution:
        return distribution.widened(jnp.exp(self.intercept + self.slopes @ inputs))


def _mean_and_variance(distribution):
    return distribution.mean, distribution.variance


def _gamma_regression(inputs, ratio):
    """Intercept and slopes (d,); what is missing is NaN in `ratio` (n,)."""
    with extra("fitting"):  # imported here: a saved emulator does not need it
        from sklearn import config_context
        from sklearn.linear_model import GammaRegressor

    seen = np.isfinite(ratio)
    # Twice the likelihood's own penalty over the number of runs is how scikit-learn counts it.
    regression = GammaRegressor(
        alpha=2.0 * SLOPE_PENALTY / seen.sum(), solver="newton-cholesky", tol=1e-10, max_iter=200
    )
    # Checked here already, and asked thousands of times.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        regression.fit(inputs[seen], np.maximum(ratio[seen], SMALLEST_RATIO))
    return regression.intercept_, regression.coef_
