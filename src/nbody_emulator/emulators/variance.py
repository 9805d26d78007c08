"""The predictive variance, from residuals the model did not see.

Every family's total variance is its own variance (ones where it has none) times exp(a + b . x), fitted by
maximum likelihood to residuals out of fold. Families with a variance of their own get the constant a alone
("constant"); the others also get slopes in the scaled inputs x ("linear").
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401

SLOPE_PENALTY = 1.0
"""Weak ridge on the slopes b, as if one more observation spoke for b = 0: it keeps tiny fits finite."""

_NEWTON_STEPS = 50
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
        residuals: (n, q) target minus mean, out of fold; NaN = missing.
        own_variance: (n, q) the family's own variance.
        terms: "constant" or "linear".
    """
    slopes_used = {"constant": 0, "linear": inputs.shape[1]}[terms]
    features = np.concatenate([np.ones((len(inputs), 1)), inputs[:, :slopes_used]], axis=1)
    coefficients = np.zeros((residuals.shape[1], 1 + inputs.shape[1]))
    for output in range(residuals.shape[1]):
        seen = np.isfinite(residuals[:, output])
        ratio = residuals[seen, output] ** 2 / own_variance[seen, output]
        coefficients[output, : 1 + slopes_used] = log_linear_coefficients(features[seen], ratio)
    return VarianceModel(jnp.asarray(coefficients[:, 0]), jnp.asarray(coefficients[:, 1:]))


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


def gaussian_score(residuals: np.ndarray, variance: np.ndarray) -> float:
    """Negative log likelihood: the mean over outputs of the mean over rows (n, q); NaN residuals are left
    out.
    """
    scores = 0.5 * (_LOG_2_PI + np.log(variance) + residuals**2 / variance)
    return float(np.mean(np.nanmean(np.where(np.isfinite(residuals), scores, np.nan), axis=0)))


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
