"""What may become of one new run: a state, and the outputs of a run in that state."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.distribution import (
    AbstractDistribution,
    Number,
    Outputs,
    Present,
    known_if_predicted,
    taken,
)


class Outcome(eqx.Module):
    """The distribution of the outcomes of one new run.

    A run dissolves, and has no output; or it survives, with all of its outputs or some.

    Attributes:
        survival_log_odds: () of surviving against dissolving.
        existence_log_odds: (q,) of having an output against not, for a run that survives; independent of each other.
        distribution: the joint distribution of the transformed outputs that there are.
    """

    survival_log_odds: Number
    existence_log_odds: Outputs
    distribution: AbstractDistribution

    @property
    def survival(self) -> Number:
        """The probability that the run survives."""
        return jax.nn.sigmoid(self.survival_log_odds)

    @property
    def existence(self) -> Outputs:
        """(q,) the probability that the run has the output at all."""
        return self.survival * jax.nn.sigmoid(self.existence_log_odds)

    def state_log_prob(
        self, targets: Outputs, looked_at: Present | None = None, present: Present | None = None
    ) -> Number:
        """Logarithm of the probability of the state: which of the `targets` there are, the others being NaN [nats].

        A run without any of these outputs has dissolved, or survived without them. NaN where no output was learned.

        Args:
            looked_at: (q,) False for an output of which nobody knows whether it is there; by default all are known.
            present: (q,) True for an output that is there; by default all that is finite.
        """
        exists = jnp.isfinite(targets) if present is None else present
        known = jnp.isfinite(self.distribution.mean)
        if looked_at is not None:
            known &= looked_at
        given_survival = -jax.nn.softplus(jnp.where(exists, -1.0, 1.0) * self.existence_log_odds)
        survived = -jax.nn.softplus(-self.survival_log_odds) + jnp.sum(given_survival, where=known)
        without = jnp.logaddexp(survived, -jax.nn.softplus(self.survival_log_odds))
        return known_if_predicted(jnp.where(exists.any(), survived, without), self.distribution.mean)

    def log_prob(
        self, targets: Outputs, looked_at: Present | None = None, present: Present | None = None
    ) -> Number:
        """Logarithm of the probability of the state and of the density of the outputs that there are [nats].

        NaN is an output that does not exist, or, where `looked_at` is False, one of which nothing is known. Many
        targets of which the same is `present` are asked faster.
        """
        state = self.state_log_prob(targets, looked_at, present)
        return state + self.distribution.log_prob(targets, present)

    def sample(self, key: PRNGKeyArray) -> Outputs:
        """The outputs (q,) of one new run, NaN those that it does not have."""
        states, values = jax.random.split(key)
        survival, existence = jax.random.split(states)
        survives = jax.random.bernoulli(survival, self.survival)
        exists = jax.random.bernoulli(existence, jax.nn.sigmoid(self.existence_log_odds))
        return jnp.where(survives & exists, self.distribution.sample(values, 1)[0], jnp.nan)

    def with_distribution(self, distribution: AbstractDistribution) -> "Outcome":
        """The same states, and another distribution of the outputs that there are."""
        return Outcome(self.survival_log_odds, self.existence_log_odds, distribution)

    def widened(self, factor: Number) -> "Outcome":
        """With the variance of every output multiplied by `factor`."""
        factors = jnp.broadcast_to(factor, self.existence_log_odds.shape)
        return self.with_distribution(self.distribution.widened(factors))

    def arranged(self, places: tuple[int, ...]) -> "Outcome":
        """Of the outputs at these places, in this order; -1 is one that was not learned."""
        return Outcome(
            self.survival_log_odds,
            taken(self.existence_log_odds, places),
            self.distribution.arranged(places),
        )
