"""What can be asked of the outcome at one point; each question is compiled once."""

from statistics import NormalDist

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.functionals import NORMAL_SCORES
from nbody_emulator.emulators.random_keys import random_key

CENTRAL = 0.9999
"""Probability over which means and standard deviations in physical units are taken. The exponential of a heavy tail has
no mean at all: what is left out would be all that counts."""

_NODES = 48


def central_nodes() -> tuple[np.ndarray, np.ndarray]:
    """Normal scores and weights by which Gauss and Legendre average over that part of a standard normal."""
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    scores = places * NormalDist().inv_cdf(0.5 + 0.5 * CENTRAL)
    weights = weights * np.exp(-0.5 * scores**2)
    return scores, weights / weights.sum()


def survival(outcome):
    return outcome.survival


def existence(outcome):
    return outcome.existence


def mean(outcome):
    return outcome.distribution.mean


def variance(outcome):
    return outcome.distribution.variance


def epistemic_variance(outcome):
    return outcome.distribution.epistemic_variance


def covariance(outcome):
    return outcome.distribution.covariance


def _of_marginals(question, outcome, *arrays):
    return jax.vmap(question)(outcome.distribution.marginals, *arrays)


def quantile(outcome, probability):
    return _of_marginals(lambda marginal: marginal.icdf(probability), outcome)


def quantile_function(outcome):
    probabilities = ndtr(jnp.asarray(NORMAL_SCORES))
    return _of_marginals(lambda marginal: jax.vmap(marginal.icdf)(probabilities), outcome)


def nodes(outcome):
    scores, weights = map(jnp.asarray, central_nodes())
    return _of_marginals(lambda marginal: marginal.quadrature(scores, weights), outcome)


def sample(outcome, point, seed, draws):
    # A key a point, not a batch: what is drawn there does not depend on what else is asked.
    return outcome.distribution.sample(jax.random.fold_in(random_key(seed), point), draws)


def log_prob(outcome, target):
    return outcome.distribution.log_prob(target)


def state_log_prob(outcome, target):
    return outcome.state_log_prob(target)


def log_density(outcome, target):
    return _of_marginals(lambda marginal, value: marginal.log_prob(value), outcome, target)


def cdf(outcome, target):
    return _of_marginals(lambda marginal, value: marginal.cdf(value), outcome, target)


def normal_score(outcome, target):
    return _of_marginals(lambda marginal, value: marginal.normal_score(value), outcome, target)


def crps(outcome, target):
    return _of_marginals(lambda marginal, value: marginal.crps(value), outcome, target)
