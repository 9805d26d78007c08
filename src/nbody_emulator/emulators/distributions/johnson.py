"""Johnson's S_U distribution of one output: the sinh of a Gaussian, skew and heavy-tailed, in closed forms."""

import jax.numpy as jnp
from jax.scipy.special import ndtri

from nbody_emulator.emulators.distributions.distribution import AbstractMarginal, Number
from nbody_emulator.emulators.distributions.normal import LOG_ROOT, standard_cdf


class Johnson(AbstractMarginal):
    """X = location + scale sinh(spread Z - skew) with Z standard normal.

    Source: Johnson 1949 (Biometrika 36, 149), with spread = 1 / delta and skew = gamma / delta.

    Attributes:
        location, scale: of the hyperbolic sine.
        skew: positive where the longer tail is that of small values.
        spread: of the Gaussian inside, positive; the smaller, the nearer X is to a Gaussian.
    """

    location: Number
    scale: Number
    skew: Number
    spread: Number

    @property
    def mean(self) -> Number:
        return self.location + self.scale * sinh_mean(self.skew, self.spread)

    @property
    def variance(self) -> Number:
        return self.scale**2 * sinh_variance(self.skew, self.spread)

    def log_prob(self, value: Number) -> Number:
        x = (value - self.location) / self.scale
        density = -0.5 * self._normal_score_of(x) ** 2 - LOG_ROOT - 0.5 * jnp.log1p(x**2)
        return density - jnp.log(self.spread) - jnp.log(self.scale)

    def cdf(self, value: Number) -> Number:
        return standard_cdf(self.normal_score(value))

    def icdf(self, probability: Number) -> Number:
        return self.at_normal_score(ndtri(probability))

    def normal_score(self, value: Number) -> Number:
        return self._normal_score_of((value - self.location) / self.scale)

    def at_normal_score(self, score: Number) -> Number:
        """The value whose normal score this is."""
        return self.location + self.scale * jnp.sinh(self.spread * score - self.skew)

    def crps(self, value: Number) -> Number:
        """y (2 F(y) - 1) + 2 E[X 1(X > y)] - 2 E[X F(X)], with the partial moments of exp(spread Z)."""
        x = (value - self.location) / self.scale
        score, spread = self._normal_score_of(x), self.spread
        upper = jnp.exp(0.5 * spread**2 - self.skew)
        lower = jnp.exp(0.5 * spread**2 + self.skew)
        above = 0.5 * (upper * standard_cdf(spread - score) - lower * standard_cdf(-spread - score))
        half = spread * jnp.sqrt(0.5)
        ranked = 0.5 * (upper * standard_cdf(half) - lower * standard_cdf(-half))
        return self.scale * (x * (2.0 * standard_cdf(score) - 1.0) + 2.0 * (above - ranked))

    def _normal_score_of(self, x):
        return (jnp.arcsinh(x) + self.skew) / self.spread


def sinh_mean(skew: Number, spread: Number) -> Number:
    """E[sinh(spread Z - skew)]."""
    return -jnp.exp(0.5 * spread**2) * jnp.sinh(skew)


def sinh_variance(skew: Number, spread: Number) -> Number:
    """Var[sinh(spread Z - skew)]."""
    growth = jnp.expm1(spread**2)
    return 0.5 * growth * ((growth + 1.0) * jnp.cosh(2.0 * skew) + 1.0)
