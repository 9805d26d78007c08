"""The posterior of all weights of a network, given runs: sampled by NUTS, or approximated by independent normals.

Weights and biases are given in units of their prior's standard deviation, which is all that a sampler sees. Sources:
Neal 1996 (Bayesian learning for neural networks, Lecture Notes in Statistics 118); Hoffman & Gelman 2014 (J. Mach.
Learn. Res. 15, 1593); Blundell et al. 2015 (Weight uncertainty in neural networks, ICML 37, 1613).
"""

from itertools import pairwise
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.models.head import AbstractReading
from nbody_emulator.emulators.models.perceptron import Dense, Perceptron
from nbody_emulator.emulators.training import TrainingSet, padded
from nbody_emulator.extras import extra

HIDDEN_LAYERS = 2
"""As many as the networks of the ensembles have."""

_ROWS_ROUNDED_TO = 64

_DEEPEST_TREE = 8
"""Doublings of a trajectory: 255 steps of it at most."""

_LEARNING_RATE, _FIRST_SPREAD = 0.02, 0.05
"""Peak learning rate of the approximation, and the spread of its normals where it starts."""


class WeightPosterior(eqx.Module):
    """The posterior of standardised weights (p,), whose prior is standard normal.

    Attributes:
        scales: prior standard deviations, as a network.
        head: what reads the network's numbers.
        inputs, targets: (n, d) and (n, q) scaled; NaN = missing.
    """

    scales: Perceptron
    head: AbstractReading
    inputs: jax.Array
    targets: jax.Array

    @staticmethod
    def of(training: TrainingSet, scales: Perceptron, head: AbstractReading) -> "WeightPosterior":
        """Of the runs that have any target, in their order."""
        rows = padded(training.select(np.flatnonzero(training.observed.any(axis=1))), _ROWS_ROUNDED_TO)
        return WeightPosterior(scales, head, jnp.asarray(rows.inputs), jnp.asarray(rows.targets))

    @property
    def count(self) -> int:
        """How many weights and biases there are."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.scales))

    def network(self, standard: jax.Array) -> Perceptron:
        """The network with these standardised weights (p,)."""
        scales, rebuild = ravel_pytree(self.scales)
        return rebuild(scales * standard)

    def log_likelihood(self, standard: jax.Array) -> jax.Array:
        """Logarithm of the density of all targets [nats]."""
        numbers = jax.vmap(self.network(standard))(self.inputs)
        return jnp.sum(jax.vmap(self._log_prob)(numbers, self.targets))

    def means(self, standard: jax.Array) -> jax.Array:
        """(n, q) predicted means of the training runs."""
        numbers = jax.vmap(self.network(standard))(self.inputs)
        return jax.vmap(lambda each: self.head.distribution(each).mean)(numbers)

    def _log_prob(self, numbers, targets):
        return self.head.distribution(numbers).log_prob(targets)


def prior_scales(inputs: int, width: int, numbers: int, scale: float) -> Perceptron:
    """Prior standard deviations: of biases one, of weights `scale` over the root of how many a unit reads."""
    sizes = [inputs, *[width] * HIDDEN_LAYERS, numbers]
    layers = [
        Dense(jnp.full((following, here), scale / np.sqrt(here)), jnp.ones(following))
        for here, following in pairwise(sizes)
    ]
    return Perceptron(tuple(layers))


class Chains(NamedTuple):
    """What Markov chains drew.

    Attributes:
        standard: (chains, draws, p) standardised weights.
        divergences: draws whose trajectory left the energy that it should keep.
        r_hat: the largest split R-hat of the predicted means of the training runs. Weights themselves have none: units
            can change places.
    """

    standard: jax.Array
    divergences: int
    r_hat: float


def sampled(posterior: WeightPosterior, key: jax.Array, chains: int, warmup: int, draws: int) -> Chains:
    """Draws by NUTS, from chains that start at draws from the prior.

    Source of R-hat: Gelman et al. 2013 (Bayesian data analysis), section 11.4, each chain split in two.
    """
    with extra("fitting"):  # imported here: a saved emulator does not need it
        from numpyro.diagnostics import split_gelman_rubin

    standard, diverging, means = _nuts(posterior, key, chains, warmup, draws)
    # A mean that no draw has moved has no spread to compare.
    r_hat = np.nanmax(split_gelman_rubin(np.asarray(means)), initial=1.0)
    return Chains(standard, int(np.sum(diverging)), float(r_hat))


@eqx.filter_jit
def _nuts(posterior, key, chains, warmup, draws):
    from numpyro.infer import MCMC, NUTS

    def potential(standard):
        return 0.5 * jnp.sum(standard**2) - posterior.log_likelihood(standard)

    start, run = jax.random.split(key)
    kernel = NUTS(potential_fn=potential, max_tree_depth=_DEEPEST_TREE)
    sampler = MCMC(
        kernel,
        num_warmup=warmup,
        num_samples=draws,
        num_chains=chains,
        chain_method="vectorized",
        progress_bar=False,
    )
    first = jax.random.normal(start, (chains, posterior.count))
    sampler.run(run, init_params=first if chains > 1 else first[0], extra_fields=("diverging",))
    standard = sampler.get_samples(group_by_chain=True)
    means = jax.lax.map(jax.vmap(posterior.means), standard)
    return standard, sampler.get_extra_fields(group_by_chain=True)["diverging"], means


def approximated(
    posterior: WeightPosterior, key: jax.Array, steps: int, draws: int
) -> tuple[jax.Array, jax.Array]:
    """Draws (draws, p) from the independent normals nearest to the posterior, and the loss (steps,) on the way there.

    The loss is the negative evidence lower bound [nats], of one draw of the weights at each step.
    """
    with extra("fitting"):  # imported here: a saved emulator does not need it
        import numpyro  # noqa: F401
    return _variational(posterior, key, steps, draws)


@eqx.filter_jit
def _variational(posterior, key, steps, draws):
    import numpyro
    import optax
    from numpyro.distributions import Normal
    from numpyro.infer import SVI, TraceMeanField_ELBO, init_to_sample
    from numpyro.infer.autoguide import AutoNormal

    def model():
        standard = numpyro.sample("standard", Normal(0.0, 1.0).expand([posterior.count]).to_event(1))
        numpyro.factor("runs", posterior.log_likelihood(standard))

    guide = AutoNormal(model, init_loc_fn=init_to_sample, init_scale=_FIRST_SPREAD)
    optimizer = optax.adam(optax.cosine_decay_schedule(_LEARNING_RATE, steps))
    search, draw = jax.random.split(key)
    found = SVI(model, guide, optimizer, TraceMeanField_ELBO()).run(search, steps, progress_bar=False)
    return guide.sample_posterior(draw, found.params, sample_shape=(draws,))["standard"], found.losses
