"""A finite mixture of normal distributions of one output, in closed forms that hold far out too."""

import jax
import jax.numpy as jnp
from jax.scipy.special import log_ndtr, logsumexp, ndtri
from jaxtyping import Array, Float

from nbody_emulator.emulators.distributions.distribution import AbstractMarginal, Number
from nbody_emulator.emulators.distributions.normal import LOG_ROOT, Normal, mean_absolute, standard_cdf

Components = Float[Array, "components"]

_BISECTIONS = 80
_SMALLEST_LOG = -600.0
"""Of a probability whose normal quantile is found from the probability itself."""
_NEWTON_STEPS = 4


class NormalMixture(AbstractMarginal):
    """A mixture of k Gaussians.

    Attributes:
        log_weights: (k,) logarithms of weights that sum to one.
        means, variances: (k,) of the components.
    """

    log_weights: Components
    means: Components
    variances: Components

    @property
    def mean(self) -> Number:
        return jnp.sum(jnp.exp(self.log_weights) * self.means)

    @property
    def variance(self) -> Number:
        return jnp.sum(jnp.exp(self.log_weights) * (self.variances + (self.means - self.mean) ** 2))

    def log_prob(self, value: Number) -> Number:
        return logsumexp(self.log_weights + Normal(self.means, self.variances).log_prob(value))

    def cdf(self, value: Number) -> Number:
        return jnp.sum(jnp.exp(self.log_weights) * standard_cdf(self._scores(value)))

    def icdf(self, probability: Number) -> Number:
        """To the last digit; has no gradient."""
        return self.halved(probability, _BISECTIONS)

    def halved(self, probability: Number, times: int) -> Number:
        """The quantile, by halving so often between the smallest and the largest of the components' own."""
        own = Normal(self.means, self.variances).icdf(probability)
        upper = probability > 0.5
        rest = jnp.where(upper, 1.0 - probability, probability)

        def halved(_, ends):
            low, high = ends
            middle = 0.5 * (low + high)
            scores = self._scores(middle)
            # The smaller tail, which keeps its digits.
            tail = jnp.sum(jnp.exp(self.log_weights) * standard_cdf(jnp.where(upper, -scores, scores)))
            below = jnp.where(upper, tail > rest, tail < rest)
            return jnp.where(below, middle, low), jnp.where(below, high, middle)

        low, high = jax.lax.fori_loop(0, times, halved, (own.min(), own.max()))
        return 0.5 * (low + high)

    def normal_score(self, value: Number) -> Number:
        scores = self._scores(value)
        below, above = (logsumexp(self.log_weights + log_ndtr(side)) for side in (scores, -scores))
        return jnp.where(below < above, _quantile_of_log(below), -_quantile_of_log(above))

    def crps(self, value: Number) -> Number:
        """Source: Grimit et al. 2006 (Q. J. R. Meteorol. Soc. 132, 2925), equation 5."""
        weights = jnp.exp(self.log_weights)
        near = jnp.sum(weights * mean_absolute(value - self.means, self.variances))

        def from_one(mean, variance):
            return jnp.sum(weights * mean_absolute(mean - self.means, variance + self.variances))

        # One component after the other: a row of a thousand draws must not need a million numbers.
        apart = jax.lax.map(lambda one: from_one(*one), (self.means, self.variances))
        return near - 0.5 * jnp.sum(weights * apart)

    def quadrature(self, scores: Array, weights: Array) -> tuple[Array, Array]:
        """Those of every component."""
        values = self.means[:, None] + jnp.sqrt(self.variances)[:, None] * scores
        return values.ravel(), (jnp.exp(self.log_weights)[:, None] * weights).ravel()

    def _scores(self, value):
        return (value - self.means) / jnp.sqrt(self.variances)


def _quantile_of_log(log_probability: Number) -> Number:
    """The standard normal's quantile of a probability up to one half, from its logarithm."""
    near = ndtri(jnp.exp(jnp.clip(log_probability, _SMALLEST_LOG, -0.5)))
    wanted = jnp.minimum(log_probability, _SMALLEST_LOG)
    far = -jnp.sqrt(-2.0 * wanted)
    for _ in range(_NEWTON_STEPS):
        below = log_ndtr(far)
        far = far - (below - wanted) * jnp.exp(below + 0.5 * far**2 + LOG_ROOT)
    return jnp.where(log_probability < _SMALLEST_LOG, far, near)
