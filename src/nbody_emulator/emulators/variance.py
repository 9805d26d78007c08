"""The predictive variance, from residuals the model did not see.

Every family's variance is its own (ones where it has none; of a mixture that of each component, not the scatter of
their means) times exp(a + b . x), fitted by maximum likelihood to residuals out of fold. Families with a variance of
their own get the constant a alone ("constant"); the others also get slopes in the scaled inputs x ("linear").
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import logsumexp, softmax

import nbody_emulator.double_precision  # noqa: F401

SLOPE_PENALTY = 1.0
"""Weak ridge on the slopes b, as if one more observation spoke for b = 0: it keeps tiny fits finite."""

_NEWTON_STEPS = 50
_TURNS, _SETTLED = 500, 1e-10
"""Of expectation and maximization: at most so many, until coefficients change by less."""

_LOG_2_PI = float(np.log(2.0 * np.pi))


class VarianceModel(eqx.Module):
    """factor(x) = exp(intercept + slopes . x), per output."""

    intercept: jax.Array
    slopes: jax.Array

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """The factor (q,) on the family's own variance at one scaled input vector (d,)."""
        return jnp.exp(self.intercept + self.slopes @ inputs)


def empty_variance_model(inputs: int, outputs: int) -> VarianceModel:
    """A variance model of the right shape, to be filled with saved leaves."""
    return VarianceModel(jnp.zeros(outputs), jnp.zeros((outputs, inputs)))


def fit_variance(
    inputs: np.ndarray, residuals: np.ndarray, own_variance: np.ndarray, terms: str
) -> VarianceModel:
    """Maximum-likelihood variance model.

    Args:
        inputs: (n, d) scaled inputs.
        residuals: (k, n, q) target minus each component's mean, out of fold; NaN = missing.
        own_variance: (k, n, q) the components' own variances.
        terms: "constant" or "linear".
    """
    slopes_used = {"constant": 0, "linear": inputs.shape[1]}[terms]
    features = np.concatenate([np.ones((len(inputs), 1)), inputs[:, :slopes_used]], axis=1)
    coefficients = np.zeros((residuals.shape[-1], 1 + inputs.shape[1]))
    for output in range(residuals.shape[-1]):
        seen = np.isfinite(residuals[0, :, output])
        squared, own = residuals[:, seen, output] ** 2, own_variance[:, seen, output]
        coefficients[output, : 1 + slopes_used] = _mixture_coefficients(features[seen], squared, own)
    return VarianceModel(jnp.asarray(coefficients[:, 0]), jnp.asarray(coefficients[:, 1:]))


def _mixture_coefficients(features, squared, own):
    """The most likely factor on the variances `own` (k, n) of an equal mixture, by expectation and maximization.

    Given how likely each component gave each run, the factor is that of single Gaussians with the mean of the
    components' ratios so weighted; the likelihood grows with every turn. One component takes one turn.
    """
    weights = np.full(squared.shape, 1.0 / len(squared))
    coefficients = None
    for _ in range(_TURNS):
        before = coefficients
        coefficients = log_linear_coefficients(features, np.sum(weights * (squared / own), axis=0))
        if len(squared) == 1 or (before is not None and np.abs(coefficients - before).max() < _SETTLED):
            break
        variances = own * np.exp(features @ coefficients)
        weights = softmax(-0.5 * (squared / variances + np.log(variances)), axis=0)
    return coefficients


def log_linear_coefficients(features: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """b that minimises sum_i (phi_i . b + ratio_i exp(-phi_i . b)) / 2 plus the weak ridge, by Newton's
    method.

    Args:
        features: (n, p) phi, the first column ones.
        ratio: (n,) squared residual over own variance.

    The objective is convex, so that halving a step that does not descend always ends at the one minimum.
    """
    # Residuals that are all zero (fewer points than unknowns) would send the intercept to minus infinity.
    ratio = np.maximum(ratio, 1e-12)
    coefficients = np.zeros(features.shape[1])
    coefficients[0] = np.log(ratio.mean())
    value = _objective(coefficients, features, ratio)
    for _ in range(_NEWTON_STEPS):
        step = _newton_step(coefficients, features, ratio)
        while _objective(coefficients - step, features, ratio) > value and np.abs(step).max() > 1e-12:
            step = step / 2.0
        coefficients = coefficients - step
        value = _objective(coefficients, features, ratio)
        if np.abs(step).max() < 1e-10:
            break
    return coefficients


def mixture_score(residuals: np.ndarray, variances: np.ndarray) -> float:
    """Negative log likelihood of mixtures with residuals and variances (k, n, q): the mean over outputs of the mean
    over rows; NaN residuals are left out.
    """
    exponents = -0.5 * (_LOG_2_PI + np.log(variances) + residuals**2 / variances)
    scores = np.log(len(residuals)) - logsumexp(exponents, axis=0)
    return float(np.mean(np.nanmean(np.where(np.isfinite(residuals[0]), scores, np.nan), axis=0)))


def _objective(coefficients, features, ratio):
    exponent = features @ coefficients
    ridge = SLOPE_PENALTY * np.sum(coefficients[1:] ** 2)
    return 0.5 * (np.sum(exponent + ratio * np.exp(-exponent)) + ridge)


def _newton_step(coefficients, features, ratio):
    weight = ratio * np.exp(-(features @ coefficients))
    ridge = np.full(features.shape[1], SLOPE_PENALTY)
    ridge[0] = 0.0
    gradient = 0.5 * features.T @ (1.0 - weight) + ridge * coefficients
    curvature = 0.5 * (features * weight[:, None]).T @ features + np.diag(ridge)
    # The tiny diagonal keeps a fit to residuals of zero solvable.
    return np.linalg.solve(curvature + 1e-9 * np.eye(len(ridge)), gradient)
