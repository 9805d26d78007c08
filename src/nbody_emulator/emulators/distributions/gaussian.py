"""A Gaussian of all outputs together, with their correlation."""

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
from nbody_emulator.emulators.distributions.normal import LOG_ROOT, Normal


class Gaussian(AbstractDistribution):
    """A multivariate Gaussian.

    Attributes:
        mean: (q,).
        scale_tril: (q, q) lower triangle whose product with its transpose is the covariance.
        epistemic_covariance: (q, q) the part of the covariance that more training runs would remove.
    """

    mean: Outputs
    scale_tril: Matrix
    epistemic_covariance: Matrix

    @property
    def variance(self) -> Outputs:
        return jnp.diagonal(self.covariance)

    @property
    def epistemic_variance(self) -> Outputs:
        return jnp.diagonal(self.epistemic_covariance)

    @property
    def covariance(self) -> Matrix:
        return product(self.scale_tril, self.mean)

    @property
    def marginals(self) -> Normal:
        return Normal(self.mean, self.variance)

    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        observed = self.observed(targets, present)
        residuals = jnp.where(observed, targets, 0.0) - jnp.where(observed, self.mean, 0.0)
        factor = jnp.linalg.cholesky(observed_part(self.covariance, observed))
        z = jax.scipy.linalg.solve_triangular(factor, residuals, lower=True)
        density = -0.5 * jnp.sum(z**2) - jnp.sum(jnp.log(jnp.diagonal(factor))) - LOG_ROOT * jnp.sum(observed)
        return known_if_predicted(density, self.mean)

    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        standard = jax.random.normal(key, (draws, *self.mean.shape))
        triangle = jnp.where(jnp.isfinite(self.scale_tril), self.scale_tril, 0.0)
        return self.mean + standard @ triangle.T

    def affine(self, shift: Outputs, scale: Outputs) -> "Gaussian":
        return Gaussian(
            self.mean * scale + shift,
            self.scale_tril * scale[:, None],
            self.epistemic_covariance * scale[:, None] * scale,
        )

    def arranged(self, places: tuple[int, ...]) -> "Gaussian":
        mean = taken(self.mean, places)
        triangle = triangle_of(taken_both(self.covariance, places), mean)
        return Gaussian(mean, triangle, taken_both(self.epistemic_covariance, places))

    def widened(self, factor: Outputs) -> "Gaussian":
        root = jnp.sqrt(factor)
        return Gaussian(
            self.mean, self.scale_tril * root[:, None], self.epistemic_covariance * root[:, None] * root
        )

    @property
    def widened_parts(self) -> tuple[Array, Array, Array]:
        return jnp.zeros(1), self.mean[None], self.variance[None]
