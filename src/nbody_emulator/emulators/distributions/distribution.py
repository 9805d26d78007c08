"""What every predicted distribution can be asked, whole and output by output."""

from abc import abstractmethod
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Bool, Float, PRNGKeyArray

import nbody_emulator.double_precision  # noqa: F401

Number = Float[Array, ""]
Outputs = Float[Array, "outputs"]
Matrix = Float[Array, "outputs outputs"]
Present = Bool[Array, " outputs"]
Sample = Float[Array, "draws outputs"]


class AbstractMarginal(eqx.Module):
    """The distribution of one output."""

    if TYPE_CHECKING:
        # Fields of some and properties of others, which can be told of a property alone.
        @property
        def mean(self) -> Number: ...

        @property
        def variance(self) -> Number: ...

    else:
        mean: eqx.AbstractVar[Number]
        variance: eqx.AbstractVar[Number]

    @abstractmethod
    def log_prob(self, value: Number) -> Number:
        """Logarithm of the density at `value` [nats]."""

    @abstractmethod
    def cdf(self, value: Number) -> Number:
        """Probability below `value`; of the run's own value this is its PIT."""

    @abstractmethod
    def icdf(self, probability: Number) -> Number:
        """The value below which this probability lies."""

    @abstractmethod
    def normal_score(self, value: Number) -> Number:
        """The standard normal's quantile of `cdf(value)`, finite and exact in both tails, where the cdf is 0 or 1."""

    @abstractmethod
    def crps(self, value: Number) -> Number:
        """The continuous ranked probability score, the integral of (cdf - step at `value`)^2, in the output's unit."""

    def quadrature(self, scores: Array, weights: Array) -> tuple[Array, Array]:
        """Values (m,) and weights (m,) that average a function over this distribution, from those (n,) that average it
        over a standard normal one.
        """
        return jax.vmap(self.icdf)(ndtr(scores)), weights


class AbstractDistribution(eqx.Module):
    """The joint distribution of q outputs of one new run.

    An output whose mean is NaN was not learned: it is marginalised wherever the others are asked for.

    Attributes:
        mean, variance: (q,) of one new run.
        epistemic_variance: (q,) the part of the variance that more training runs would remove.
        covariance, epistemic_covariance: (q, q), with these variances on their diagonals.
        marginals: the distributions of all outputs, with a leading axis (q,) on all arrays.
    """

    if TYPE_CHECKING:
        # As above.
        @property
        def mean(self) -> Outputs: ...

        @property
        def variance(self) -> Outputs: ...

        @property
        def epistemic_variance(self) -> Outputs: ...

        @property
        def covariance(self) -> Matrix: ...

        @property
        def epistemic_covariance(self) -> Matrix: ...

        @property
        def marginals(self) -> AbstractMarginal: ...

    else:
        mean: eqx.AbstractVar[Outputs]
        variance: eqx.AbstractVar[Outputs]
        epistemic_variance: eqx.AbstractVar[Outputs]
        covariance: eqx.AbstractVar[Matrix]
        epistemic_covariance: eqx.AbstractVar[Matrix]
        marginals: eqx.AbstractVar[AbstractMarginal]

    @abstractmethod
    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        """Logarithm of the joint density at `targets` [nats]; what is NaN was not observed, and is marginalised.

        0 where nothing was observed; NaN where no output was predicted.

        Args:
            present: (q,) True for what was observed, by default all that is finite. Many targets that share it are
                asked faster.
        """

    @abstractmethod
    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        """Independent draws of new runs."""

    @abstractmethod
    def affine(self, shift: Outputs, scale: Outputs) -> "AbstractDistribution":
        """The distribution of `shift + scale * outputs`; `scale` is positive."""

    @abstractmethod
    def arranged(self, places: tuple[int, ...]) -> "AbstractDistribution":
        """The joint distribution of the outputs at these places, in this order; -1 is one that was not learned."""

    @abstractmethod
    def widened(self, factor: Outputs) -> "AbstractDistribution":
        """With the variance of each output multiplied by `factor`, correlations as they are; of a mixture that of its
        components, not the scatter of their means.
        """

    @property
    @abstractmethod
    def widened_parts(self) -> tuple[Array, Array, Array]:
        """Logarithms of the weights (k,), means and variances (k, q) of what `widened` widens; one part for most."""

    def marginal(self, output: int) -> AbstractMarginal:
        """The distribution of the output at this place."""
        return jax.tree.map(lambda leaf: leaf[output], self.marginals)

    def observed(self, targets: Outputs, present: Present | None = None) -> Present:
        """(q,) True for the outputs that were both observed and predicted."""
        return (jnp.isfinite(targets) if present is None else present) & jnp.isfinite(self.mean)

    def mahalanobis(self, targets: Outputs) -> Number:
        """Distance of `targets` from the mean in units of the covariance; of what was observed and predicted."""
        observed = self.observed(targets)
        residuals = jnp.where(observed, targets - jnp.where(observed, self.mean, 0.0), 0.0)
        factor = jnp.linalg.cholesky(observed_part(self.covariance, observed))
        return jnp.sqrt(jnp.sum(jax.scipy.linalg.solve_triangular(factor, residuals, lower=True) ** 2))

    def hpd_level(self, targets: Outputs, key: PRNGKeyArray, draws: int) -> Number:
        """Probability of the smallest region of highest density that holds `targets`: uniform if all is right.

        The share of that many draws whose density is higher, of what was observed and predicted; NaN where that is
        nothing. Source: Hyndman 1996 (Am. Stat. 50, 120).
        """
        observed = self.observed(targets)
        drawn = jnp.where(observed, self.sample(key, draws), jnp.nan)
        higher = jax.vmap(self.log_prob)(drawn) > self.log_prob(targets)
        return jnp.where(observed.any(), jnp.mean(higher), jnp.nan)

    def energy_score(self, targets: Outputs, scale: Outputs, key: PRNGKeyArray, draws: int) -> Number:
        """E|X - y| - E|X - X'| / 2 with lengths taken of `outputs / scale`, by that many draws, without bias.

        Of what was observed and predicted. Source: Gneiting & Raftery 2007 (J. Am. Stat. Assoc. 102, 359), equation 22.
        """
        observed = self.observed(targets)

        def length(difference):
            squares = jnp.where(observed, (difference / scale) ** 2, 0.0).sum(axis=-1)
            return jnp.sqrt(squares)

        drawn = self.sample(key, draws)
        # Neighbours are as independent as any pair, and far fewer.
        return jnp.mean(length(drawn - targets)) - 0.5 * jnp.mean(length(drawn - jnp.roll(drawn, 1, axis=0)))


def observed_part(covariance: Matrix, observed: Present) -> Matrix:
    """The covariance of the observed outputs, the others standard normal and independent: they change no density."""
    both = observed[:, None] & observed[None, :]
    return jnp.where(both, covariance, 0.0) + jnp.diag(jnp.where(observed, 0.0, 1.0))


def product(triangle: Matrix, mean: Outputs) -> Matrix:
    """The triangle times its transpose; NaN in rows and columns of outputs that were not learned, and there alone."""
    learned = jnp.isfinite(mean)
    both = learned[:, None] & learned[None, :]
    known = jnp.where(both, triangle, 0.0)
    return jnp.where(both, known @ known.T, jnp.nan)


def triangle_of(matrix: Matrix, mean: Outputs) -> Matrix:
    """The lower triangle of which `matrix` is the product; NaN where an output was not learned."""
    learned = jnp.isfinite(mean)
    triangle = jnp.linalg.cholesky(observed_part(matrix, learned))
    return jnp.where(learned[:, None] & learned, triangle, jnp.nan)


def taken_both(matrix: Matrix, places: tuple[int, ...]) -> Matrix:
    """`matrix` at these places of both its axes, NaN at -1."""
    return taken(taken(matrix, places), places, axis=0)


def taken(array: Array, places: tuple[int, ...], axis: int = -1) -> Array:
    """`array` at these places of an axis of outputs, NaN at -1."""
    nothing = jnp.full_like(jnp.take(array, jnp.array([0]), axis=axis), jnp.nan)
    return jnp.take(jnp.concatenate([array, nothing], axis=axis), jnp.array(places), axis=axis)


def known_if_predicted(value: Number, mean: Outputs) -> Number:
    """`value`, NaN where no output was predicted."""
    return jnp.where(jnp.isfinite(mean).any(), value, jnp.nan)
