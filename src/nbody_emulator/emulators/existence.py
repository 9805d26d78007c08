"""The probability that an output exists at all: a core radius, for one, needs bound stars enough to have a core."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.extras import extra

HALF_A_RUN = 0.5
"""Weight of the two runs that are added to the middle of the box, one with the output and one without: Jeffreys' prior
of a share, which keeps the probability of what was never seen from being zero."""

SLOPE_PENALTY = 1.0
"""Ridge on the slopes, as for the variance."""


class Existence(eqx.Module):
    """probability(x) = 1 / (1 + exp(-(intercept + slopes . x))), per output.

    Attributes:
        intercept: (q,).
        slopes: (q, d) in the scaled inputs.
    """

    intercept: jax.Array
    slopes: jax.Array

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """(q,) at one scaled input vector (d,)."""
        return jax.nn.sigmoid(self.intercept + jnp.sum(self.slopes * inputs, axis=1))


def fit_existence(inputs: np.ndarray, exists: np.ndarray) -> Existence:
    """A logistic regression for each output; no slopes where all runs say the same.

    Args:
        inputs: (n, d) scaled inputs of usable runs.
        exists: (n, q) whether the run has the output.
    """
    fits = [_logistic(inputs, column) for column in exists.T]
    intercepts, slopes = zip(*fits, strict=True)
    return Existence(jnp.asarray(np.stack(intercepts)), jnp.asarray(np.stack(slopes)))


def _logistic(inputs, exists):
    if exists.all() or not exists.any():
        having, lacking = exists.sum() + HALF_A_RUN, (~exists).sum() + HALF_A_RUN
        return np.log(having / lacking), np.zeros(inputs.shape[1])
    with extra("fitting"):  # imported here: a saved emulator does not need it
        from sklearn.linear_model import LogisticRegression

    middle = np.zeros((2, inputs.shape[1]))
    weights = np.concatenate([np.ones(len(inputs)), [HALF_A_RUN, HALF_A_RUN]])
    regression = LogisticRegression(C=1.0 / SLOPE_PENALTY, solver="newton-cholesky", tol=1e-10)
    regression.fit(np.concatenate([inputs, middle]), np.concatenate([exists, [True, False]]), weights)
    return regression.intercept_[0], regression.coef_[0]
