"""The shape of residuals: how wide, how skew, how heavy-tailed, and how correlated between the outputs."""

from collections.abc import Callable
from itertools import combinations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution, Matrix
from nbody_emulator.emulators.distributions.johnson import Johnson, sinh_mean, sinh_variance
from nbody_emulator.emulators.distributions.johnson_copula import JohnsonCopula, log_copula_density
from nbody_emulator.emulators.models.basis import monomials
from nbody_emulator.emulators.out_of_fold import OutOfFold

DEGREE = 2
"""Of the logarithm of the scale in the scaled inputs."""

SLOPE_PENALTY = 64.0
"""Ridge on what depends on the inputs: a normal prior of spread one eighth."""

MEAN_CORRELATION_PENALTY = 16.0
"""Ridge on the inverse hyperbolic tangents of the mean partial correlations: a normal prior of spread one quarter."""

MOST_SCALED = 2.0
"""Of the logarithm of the scale: how far it can be from that in the middle, far from all runs too."""

MOST_CORRELATED = 0.95
"""The partial correlation of any two outputs is smaller: few runs can make them look like one."""

SKEW_SPREAD = 0.3
TAIL_CENTER, TAIL_SPREAD = np.log(0.4), 0.5
"""Normal priors on the skew, and on the logarithm of the inner Gaussian's spread: they decide where runs are few."""

_NARROWEST, _WIDEST, _MOST_SKEW = np.log(0.02), np.log(2.0), 3.0
_ROWS_ROUNDED_TO = 64

Terms = Float[Array, "outputs terms"]
PairTerms = Float[Array, "pairs terms"]
PerOutput = Float[Array, " outputs"]


class ResidualShape(AbstractCalibrator):
    """Johnson's S_U distributions about the model's mean, coupled by a Gaussian copula.

    The mean stays. The logarithm of the standard deviation is the model's own plus a quadratic of the inputs, whose
    values a hyperbolic tangent keeps within bounds. So are the partial correlations of the normal scores, of linear
    functions of the inputs: any coefficients give a correlation matrix. Source of that: Lewandowski, Kurowicka & Joe
    2009 (J. Multivar. Anal. 100, 1989), section 3.

    Attributes:
        log_scale: (q, p).
        skew: (q,) as `Johnson` has it.
        log_spread: (q,) logarithm of the inner Gaussian's spread.
        partial_correlation: (q (q - 1) / 2, 1 + d) coefficients of the inverse hyperbolic tangents of the partial
            correlations of each pair of outputs, given those before both.
    """

    log_scale: Terms
    skew: PerOutput
    log_spread: PerOutput
    partial_correlation: PairTerms

    @classmethod
    def fitted(cls, answers: OutOfFold, targets: np.ndarray) -> "ResidualShape":
        """The most likely one, given the priors: each output's shape first, then the correlations of normal scores."""
        means, variances = answers.ask(_moments)
        residuals = (targets - means) / np.sqrt(variances)
        terms = monomials(answers.of_cluster, DEGREE, np)
        shapes = [_fit_marginal(terms, column) for column in residuals.T]
        scores = [
            _normal_scores(values, terms, column) for values, column in zip(shapes, residuals.T, strict=True)
        ]
        correlation = _fit_correlation(answers.of_cluster, np.stack(scores, axis=1))
        log_scale, skew, log_spread = _parts(jnp.asarray(np.stack(shapes)))
        return cls(log_scale, skew, log_spread, jnp.asarray(correlation))

    def __call__(self, distribution: AbstractDistribution, inputs: jax.Array) -> AbstractDistribution:
        factor = jnp.exp(_log_factor(self.log_scale, monomials(inputs, DEGREE)))
        return JohnsonCopula.of_moments(
            mean=distribution.mean,
            variance=factor**2 * distribution.variance,
            skew=self.skew,
            spread=jnp.exp(self.log_spread),
            correlation_tril=_correlation_tril(self.partial_correlation, inputs, len(self.skew)),
            epistemic=factor[:, None] * factor * distribution.epistemic_covariance,
        )


def _moments(distribution):
    return distribution.mean, distribution.variance


def _parts(values):
    """Coefficients of the log scale (..., p), skew and log spread (...), of numbers in a row (..., p + 2)."""
    return values[..., :-2], values[..., -2], values[..., -1]


def _log_factor(log_scale, terms):
    """(...) at terms (..., p) or, of several outputs (q, p), at terms (p,); the constant is the first."""
    varying = jnp.sum(log_scale[..., 1:] * terms[..., 1:], axis=-1)
    return log_scale[..., 0] + MOST_SCALED * jnp.tanh(varying / MOST_SCALED)


def _standardized(values, terms) -> Johnson:
    """The distribution of residuals (n,) that have mean 0."""
    log_scale, skew, log_spread = _parts(values)
    spread = jnp.exp(log_spread)
    scale = jnp.exp(_log_factor(log_scale, terms)) / jnp.sqrt(sinh_variance(skew, spread))
    return Johnson(-scale * sinh_mean(skew, spread), scale, skew, spread)


def _fit_marginal(terms: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """The numbers (p + 2,) of maximal posterior density; what is missing is NaN in `residuals` (n,)."""
    seen = np.isfinite(residuals)
    count = terms.shape[1]
    start = np.zeros(count + 2)
    # Residuals that are all zero have no logarithm.
    start[0] = 0.5 * np.log(max(np.mean(residuals[seen] ** 2), 1e-12))
    start[-1] = TAIL_CENTER
    bounds = [(None, None)] * count + [(-_MOST_SKEW, _MOST_SKEW), (_NARROWEST, _WIDEST)]
    rows = _padded(terms[seen]), _padded(residuals[seen]), _padded(np.ones(seen.sum()))
    return _minimum(_marginal_loss, start, bounds, *rows)


@jax.jit
@jax.value_and_grad
def _marginal_loss(values, terms, residuals, present):
    density = _standardized(values, terms).log_prob(residuals)
    log_scale, skew, log_spread = _parts(values)
    priors = (
        SLOPE_PENALTY * jnp.sum(log_scale[1:] ** 2)
        + (skew / SKEW_SPREAD) ** 2
        + ((log_spread - TAIL_CENTER) / TAIL_SPREAD) ** 2
    )
    return 0.5 * priors - jnp.sum(jnp.where(present > 0.0, density, 0.0))


def _normal_scores(values: np.ndarray, terms: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    # Of missing residuals NaN.
    return np.asarray(_scores(values, _padded(terms), _padded(residuals)))[: len(residuals)]


@jax.jit
def _scores(values, terms, residuals):
    return _standardized(values, terms).normal_score(residuals)


def _fit_correlation(inputs: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The coefficients (pairs, 1 + d) of maximal posterior density, from normal scores (n, q), NaN = missing."""
    outputs = scores.shape[1]
    shape = len(_pairs(outputs)), 1 + inputs.shape[1]
    several = np.isfinite(scores).sum(axis=1) > 1
    if not several.any():
        return np.zeros(shape)
    present = _padded(np.isfinite(scores[several]))
    rows = _padded(inputs[several]), _padded(np.nan_to_num(scores[several])), present
    bounds = [(None, None)] * (shape[0] * shape[1])
    return _minimum(_correlation_loss, np.zeros(shape[0] * shape[1]), bounds, *rows).reshape(shape)


@jax.jit
@jax.value_and_grad
def _correlation_loss(values, inputs, scores, present):
    coefficients = values.reshape(-1, 1 + inputs.shape[1])

    def log_likelihood(inputs, scores, present):
        triangle = _correlation_tril(coefficients, inputs, len(scores))
        return log_copula_density(triangle @ triangle.T, scores, present)

    priors = SLOPE_PENALTY * jnp.sum(coefficients[:, 1:] ** 2)
    priors = priors + MEAN_CORRELATION_PENALTY * jnp.sum(coefficients[:, 0] ** 2)
    return 0.5 * priors - jnp.sum(jax.vmap(log_likelihood)(inputs, scores, present))


def _correlation_tril(coefficients, inputs, outputs: int) -> Matrix:
    """The lower triangle (q, q) of the correlation matrix at one scaled input vector (d,)."""
    linear = coefficients[:, 0] + jnp.sum(coefficients[:, 1:] * inputs, axis=1)
    partial = MOST_CORRELATED * jnp.tanh(linear)
    triangle = jnp.zeros((outputs, outputs)).at[0, 0].set(1.0)
    place = {pair: number for number, pair in enumerate(_pairs(outputs))}
    for row in range(1, outputs):
        left = jnp.ones(())
        for column in range(row):
            of_pair = partial[place[column, row]]
            triangle = triangle.at[row, column].set(of_pair * jnp.sqrt(left))
            left = left * (1.0 - of_pair**2)
        triangle = triangle.at[row, row].set(jnp.sqrt(left))
    return triangle


def _pairs(outputs: int) -> list[tuple[int, int]]:
    return list(combinations(range(outputs), 2))


def _minimum(loss: Callable, start: np.ndarray, bounds, *rows: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize  # imported here: a saved emulator does not need it

    def objective(values):
        value, slope = loss(values, *rows)
        return float(value), np.asarray(slope)

    return minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def _padded(rows: np.ndarray) -> np.ndarray:
    """With rows of zeros up to a round number: near-equal sizes share a compilation."""
    return np.pad(rows, ((0, -len(rows) % _ROWS_ROUNDED_TO), *[(0, 0)] * (rows.ndim - 1)))
