"""Which state a run ends in: dissolved, or survived with the outputs that it has, as logistic regressions."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.distribution import Number, Outputs
from nbody_emulator.emulators.models.basis import monomials
from nbody_emulator.extras import extra

HALF_A_RUN = 0.5
"""Weight of the two runs that are added in the middle of the box, one of either answer: Jeffreys' prior of a share,
which keeps the probability of what was never seen from being zero."""

PENALTY = 1.0
"""Ridge on all coefficients but the constant, as for the variance."""

DEGREE = 2
"""The edge between clusters that dissolve and those that do not is curved in the parameters."""


class Survival(eqx.Module):
    """Log-odds that are polynomials of the scaled inputs, of total degree 2.

    Attributes:
        survival: (p,) coefficients of the log-odds that a run survives, which is to have any output at all.
        existence: (q, p) the same for each output of a run that survives.
    """

    survival: jax.Array
    existence: jax.Array

    def __call__(self, inputs: jax.Array) -> tuple[Number, Outputs]:
        """The log-odds of survival, and of each output of a run that survives, at one scaled input vector (d,)."""
        terms = monomials(inputs, DEGREE)
        return jnp.sum(self.survival * terms), jnp.sum(self.existence * terms, axis=1)


def fit_survival(inputs: np.ndarray, exists: np.ndarray) -> Survival:
    """The most likely coefficients, but for a ridge; the constant alone where all runs say the same.

    Args:
        inputs: (n, d) scaled inputs of usable runs.
        exists: (n, q) whether the run has the output.
    """
    terms = monomials(inputs, DEGREE, np)
    survived = exists.any(axis=1)
    existence = [_logistic(terms[survived], column) for column in exists[survived].T]
    return Survival(jnp.asarray(_logistic(terms, survived)), jnp.asarray(np.stack(existence)))


def _logistic(terms, answers):
    """Coefficients (p,); the constant is the first."""
    if answers.all() or not answers.any():
        constant = np.log((answers.sum() + HALF_A_RUN) / ((~answers).sum() + HALF_A_RUN))
        return np.concatenate([[constant], np.zeros(terms.shape[1] - 1)])
    with extra("fitting"):  # imported here: a saved emulator does not need it
        from sklearn.linear_model import LogisticRegression

    middle = np.zeros((2, terms.shape[1] - 1))
    weights = np.concatenate([np.ones(len(terms)), [HALF_A_RUN, HALF_A_RUN]])
    regression = LogisticRegression(C=1.0 / PENALTY, solver="newton-cholesky", tol=1e-10)
    regression.fit(np.concatenate([terms[:, 1:], middle]), np.concatenate([answers, [True, False]]), weights)
    return np.concatenate([regression.intercept_, regression.coef_[0]])
