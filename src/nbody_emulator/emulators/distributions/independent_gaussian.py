"""Gaussians of the outputs that know nothing of each other."""

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
    taken,
)
from nbody_emulator.emulators.distributions.normal import Normal


class IndependentGaussian(AbstractDistribution):
    """A Gaussian an output, independent of the others.

    Attributes:
        mean, variance: (q,).
        epistemic_variance: (q,) the part of the variance that more training runs would remove. A mean that is a
            weighted sum of training targets has the sum of its squared weights here, in units of the noise.
    """

    mean: Outputs
    variance: Outputs
    epistemic_variance: Outputs

    @property
    def covariance(self) -> Matrix:
        return jnp.diag(self.variance)

    @property
    def epistemic_covariance(self) -> Matrix:
        return jnp.diag(self.epistemic_variance)

    @property
    def marginals(self) -> Normal:
        return Normal(self.mean, self.variance)

    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        observed = self.observed(targets, present)
        # What is not observed is put at zero under a standard normal first: a NaN would stay in the gradient.
        safe = Normal(jnp.where(observed, self.mean, 0.0), jnp.where(observed, self.variance, 1.0))
        terms = safe.log_prob(jnp.where(observed, targets, 0.0))
        return known_if_predicted(jnp.sum(jnp.where(observed, terms, 0.0)), self.mean)

    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        standard = jax.random.normal(key, (draws, *self.mean.shape))
        return self.mean + standard * jnp.sqrt(self.variance)

    def affine(self, shift: Outputs, scale: Outputs) -> "IndependentGaussian":
        return IndependentGaussian(
            self.mean * scale + shift, self.variance * scale**2, self.epistemic_variance * scale**2
        )

    def arranged(self, places: tuple[int, ...]) -> "IndependentGaussian":
        parts = (self.mean, self.variance, self.epistemic_variance)
        return IndependentGaussian(*(taken(part, places) for part in parts))

    def widened(self, factor: Outputs) -> "IndependentGaussian":
        return IndependentGaussian(self.mean, self.variance * factor, self.epistemic_variance * factor)

    @property
    def widened_parts(self) -> tuple[Array, Array, Array]:
        return jnp.zeros(1), self.mean[None], self.variance[None]
