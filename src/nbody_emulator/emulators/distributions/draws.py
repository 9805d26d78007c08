"""A distribution that is known by draws alone."""

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from nbody_emulator.emulators.distributions.distribution import (
    AbstractDistribution,
    Matrix,
    Number,
    Outputs,
    Present,
    Sample,
    taken,
)
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture


class Draws(AbstractDistribution):
    """n draws, smoothed by Gaussian kernels of their own covariance that leave mean and covariance as they are.

    The kernels' width is Scott's rule h = n^(-1 / (q + 4)); the draws are moved towards their mean by sqrt(1 - h^2).
    Sources: Scott 1992 (Multivariate Density Estimation); West 1993 (J. R. Stat. Soc. B 55, 409), section 2.

    Attributes:
        draws: (n, q), equally likely.
        epistemic_covariance: (q, q) the part of the covariance that more training runs would remove.
    """

    draws: Sample
    epistemic_covariance: Matrix

    @property
    def mean(self) -> Outputs:
        return jnp.mean(self.draws, axis=0)

    @property
    def variance(self) -> Outputs:
        return jnp.var(self.draws, axis=0)

    @property
    def epistemic_variance(self) -> Outputs:
        return jnp.diagonal(self.epistemic_covariance)

    @property
    def covariance(self) -> Matrix:
        distance = self.draws - self.mean
        return distance.T @ distance / len(self.draws)

    @property
    def marginals(self) -> NormalMixture:
        return self.smoothed.marginals

    @property
    def smoothed(self) -> Mixture:
        """The kernels as a mixture."""
        count, outputs = self.draws.shape
        width = count ** (-1.0 / (outputs + 4))
        learned = jnp.isfinite(self.mean)
        both = learned[:, None] & learned[None, :]
        covariance = jnp.where(both, self.covariance, jnp.eye(outputs))
        triangle = jnp.where(both, width * jnp.linalg.cholesky(covariance), jnp.nan)
        means = self.mean + jnp.sqrt(1.0 - width**2) * (self.draws - self.mean)

        def for_each(array):
            return jnp.broadcast_to(array, (count, *array.shape))

        return Mixture.equal(Gaussian(means, for_each(triangle), for_each(jnp.zeros_like(triangle))))

    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        return self.smoothed.log_prob(targets, present)

    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        return self.smoothed.sample(key, draws)

    def affine(self, shift: Outputs, scale: Outputs) -> "Draws":
        return Draws(self.draws * scale + shift, self.epistemic_covariance * scale[:, None] * scale)

    def arranged(self, places: tuple[int, ...]) -> "Draws":
        epistemic = taken(taken(self.epistemic_covariance, places), places, axis=0)
        return Draws(taken(self.draws, places), epistemic)

    def widened(self, factor: Outputs) -> "Draws":
        root = jnp.sqrt(factor)
        moved = self.mean + (self.draws - self.mean) * root
        return Draws(moved, self.epistemic_covariance * root[:, None] * root)

    @property
    def widened_parts(self) -> tuple[Array, Array, Array]:
        return jnp.zeros(1), self.mean[None], self.variance[None]
