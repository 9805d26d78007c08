"""A finite mixture of Gaussians of all outputs."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp
from jaxtyping import Array, PRNGKeyArray

from nbody_emulator.emulators.distributions.distribution import (
    AbstractDistribution,
    Matrix,
    Number,
    Outputs,
    Present,
    Sample,
)
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.normal_mixture import Components, NormalMixture


class Mixture(AbstractDistribution):
    """A mixture of k distributions; outputs that are independent in each are not in the mixture.

    Attributes:
        log_weights: (k,) logarithms of weights that sum to one.
        components: Gaussians, with a leading axis (k,) on all their arrays.
    """

    log_weights: Components
    components: IndependentGaussian | Gaussian

    @staticmethod
    def equal(components: IndependentGaussian | Gaussian) -> "Mixture":
        """The mixture in which every component weighs the same."""
        count = len(components.mean)
        return Mixture(jnp.full(count, -jnp.log(count)), components)

    @property
    def mean(self) -> Outputs:
        return self._mean_of(self.components.mean)

    @property
    def variance(self) -> Outputs:
        own = jax.vmap(lambda each: each.variance)(self.components)
        return self._mean_of(own) + self._mean_of(self._distances**2)

    @property
    def epistemic_variance(self) -> Outputs:
        """The components' own part, and the variance of their means."""
        own = jax.vmap(lambda each: each.epistemic_variance)(self.components)
        return self._mean_of(own) + self._mean_of(self._distances**2)

    @property
    def covariance(self) -> Matrix:
        return self._mean_of(jax.vmap(lambda each: each.covariance)(self.components)) + self._between

    @property
    def epistemic_covariance(self) -> Matrix:
        """The components' own part, and the covariance of their means."""
        own = jax.vmap(lambda each: each.epistemic_covariance)(self.components)
        return self._mean_of(own) + self._between

    @property
    def marginals(self) -> NormalMixture:
        normals = jax.vmap(lambda each: each.marginals)(self.components)
        weights = jnp.broadcast_to(self.log_weights, (normals.mean.shape[1], len(self.log_weights)))
        return NormalMixture(weights, normals.mean.T, normals.variance.T)

    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        densities = jax.vmap(lambda each: each.log_prob(targets, present))(self.components)
        return logsumexp(self.log_weights + densities)

    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        which, within = jax.random.split(key)
        chosen = jax.random.categorical(which, self.log_weights, shape=(draws,))
        keys = jax.random.split(within, len(self.log_weights))
        drawn = jax.vmap(lambda component, key: component.sample(key, draws))(self.components, keys)
        return drawn[chosen, jnp.arange(draws)]

    def affine(self, shift: Outputs, scale: Outputs) -> "Mixture":
        return self._with(jax.vmap(lambda each: each.affine(shift, scale))(self.components))

    def arranged(self, places: tuple[int, ...]) -> "Mixture":
        return self._with(jax.vmap(lambda each: each.arranged(places))(self.components))

    def widened(self, factor: Outputs) -> "Mixture":
        return self._with(jax.vmap(lambda each: each.widened(factor))(self.components))

    @property
    def widened_parts(self) -> tuple[Array, Array, Array]:
        variances = jax.vmap(lambda each: each.variance)(self.components)
        return self.log_weights, self.components.mean, variances

    def _with(self, components):
        return eqx.tree_at(lambda mixture: mixture.components, self, components)

    def _mean_of(self, values):
        """Of (k, ...) over the components."""
        # Not by a contraction, whose order of summation may depend on the number of cores.
        weights = jnp.exp(self.log_weights).reshape(-1, *[1] * (values.ndim - 1))
        return jnp.sum(weights * values, axis=0)

    @property
    def _distances(self):
        """(k, q) of the components' means from the mean."""
        return self.components.mean - self.mean

    @property
    def _between(self):
        """(q, q) covariance of the components' means."""
        return self._mean_of(self._distances[:, :, None] * self._distances[:, None, :])
