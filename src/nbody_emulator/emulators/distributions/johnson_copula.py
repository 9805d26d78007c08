"""Johnson's S_U distributions of all outputs, coupled by the correlation of the Gaussians inside."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from nbody_emulator.emulators.distributions.distribution import (
    AbstractDistribution,
    Matrix,
    Number,
    Outputs,
    Present,
    Sample,
    known_if_predicted,
    observed_part,
    product,
    taken,
    taken_both,
    triangle_of,
)
from nbody_emulator.emulators.distributions.johnson import Johnson, sinh_mean, sinh_variance


class JohnsonCopula(AbstractDistribution):
    """S_U marginals in a Gaussian copula: the normal scores of the outputs are jointly Gaussian.

    Attributes:
        location, scale, skew, spread: (q,) of the marginals, as `Johnson` has them.
        correlation_tril: (q, q) lower triangle whose product with its transpose is the normal scores' correlation.
        epistemic_covariance: (q, q) the part of the covariance that more training runs would remove.
    """

    location: Outputs
    scale: Outputs
    skew: Outputs
    spread: Outputs
    correlation_tril: Matrix
    epistemic_covariance: Matrix

    @staticmethod
    def of_moments(
        mean: Outputs,
        variance: Outputs,
        skew: Outputs,
        spread: Outputs,
        correlation_tril: Matrix,
        epistemic: Matrix,
    ) -> "JohnsonCopula":
        """That with these means and variances (q,)."""
        scale = jnp.sqrt(variance / sinh_variance(skew, spread))
        location = mean - scale * sinh_mean(skew, spread)
        return JohnsonCopula(location, scale, skew, spread, correlation_tril, epistemic)

    @property
    def mean(self) -> Outputs:
        return self.marginals.mean

    @property
    def variance(self) -> Outputs:
        return self.marginals.variance

    @property
    def epistemic_variance(self) -> Outputs:
        return jnp.diagonal(self.epistemic_covariance)

    @property
    def covariance(self) -> Matrix:
        """From E[exp(a Z + b Z')] = exp((a^2 + b^2 + 2 a b r) / 2) of normals correlated by r."""
        growth = jnp.expm1(self.spread[:, None] * self.spread * self.correlation)
        shrinking = jnp.expm1(-self.spread[:, None] * self.spread * self.correlation)
        even = jnp.exp(0.5 * (self.spread[:, None] ** 2 + self.spread**2))
        together, apart = self.skew[:, None] + self.skew, self.skew[:, None] - self.skew
        sinh = 0.5 * even * (growth * jnp.cosh(together) - shrinking * jnp.cosh(apart))
        return self.scale[:, None] * self.scale * sinh

    @property
    def correlation(self) -> Matrix:
        """(q, q) of the normal scores."""
        return product(self.correlation_tril, self.location)

    @property
    def marginals(self) -> Johnson:
        return Johnson(self.location, self.scale, self.skew, self.spread)

    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        observed = self.observed(targets, present)
        # What is not observed is put where nothing is infinite first: a NaN would stay in the gradient.
        safe = jax.tree.map(lambda leaf: jnp.where(observed, leaf, 1.0), self.marginals)
        values = jnp.where(observed, targets, 1.0)
        scores = jnp.where(observed, safe.normal_score(values), 0.0)
        alone = jnp.sum(jnp.where(observed, safe.log_prob(values), 0.0))
        coupling = log_copula_density(self.correlation, scores, observed)
        return known_if_predicted(alone + coupling, self.location)

    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        standard = jax.random.normal(key, (draws, *self.location.shape))
        triangle = jnp.where(jnp.isfinite(self.correlation_tril), self.correlation_tril, 0.0)
        return self.marginals.at_normal_score(standard @ triangle.T)

    def affine(self, shift: Outputs, scale: Outputs) -> "JohnsonCopula":
        return JohnsonCopula(
            self.location * scale + shift,
            self.scale * scale,
            self.skew,
            self.spread,
            self.correlation_tril,
            self.epistemic_covariance * scale[:, None] * scale,
        )

    def arranged(self, places: tuple[int, ...]) -> "JohnsonCopula":
        location, scale, skew, spread = (
            taken(part, places) for part in (self.location, self.scale, self.skew, self.spread)
        )
        triangle = triangle_of(taken_both(self.correlation, places), location)
        epistemic = taken_both(self.epistemic_covariance, places)
        return JohnsonCopula(location, scale, skew, spread, triangle, epistemic)

    def widened(self, factor: Outputs) -> "JohnsonCopula":
        root = jnp.sqrt(factor)
        return JohnsonCopula(
            self.mean + (self.location - self.mean) * root,
            self.scale * root,
            self.skew,
            self.spread,
            self.correlation_tril,
            self.epistemic_covariance * root[:, None] * root,
        )

    @property
    def widened_parts(self) -> tuple[Array, Array, Array]:
        return jnp.zeros(1), self.mean[None], self.variance[None]


def log_copula_density(correlation: Matrix, scores: Outputs, observed: Present) -> Number:
    """What the correlation of normal scores adds to the logarithms of the marginal densities; 0 without a correlation.

    Args:
        correlation: (q, q) of the scores.
        scores: (q,) zero where an output was not observed.
        observed: (q,) True for those that were.
    """
    factor = jnp.linalg.cholesky(observed_part(correlation, observed))
    z = jax.scipy.linalg.solve_triangular(factor, scores, lower=True)
    return 0.5 * (jnp.sum(scores**2) - jnp.sum(z**2)) - jnp.sum(jnp.log(jnp.diagonal(factor)))
