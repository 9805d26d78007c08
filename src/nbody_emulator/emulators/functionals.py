"""Functionals: what is kept of what was predicted of a run whose outcome is known."""

from typing import NamedTuple

import jax
import numpy as np

from nbody_emulator.emulators.distributions.distribution import Outputs
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.random_keys import random_key

ENERGY_DRAWS = 256
"""Of an energy score: its error is then a few per cent of a run's score, and no bias."""
HPD_DRAWS = 200
"""Of the level of a region: it comes in steps of half a per cent."""
ENERGY_SEED, HPD_SEED = 0, 1
"""The same draws for every run and every family, so that their scores differ by what is predicted alone."""

NORMAL_SCORES = tuple(np.linspace(-4.0, 4.0, 33).tolist())
"""Where the quantile function is kept: at the standard normal's quantiles, in which that of a Gaussian is a straight
line. Between them, within three of these, a cubic is right to 1e-4 of a standard deviation for distributions as
skew and as heavy-tailed as those met here."""


class Functionals(NamedTuple):
    """What is said of a run, in transformed units; NaN where there is no target, or nothing was learned.

    Attributes:
        mean, variance, epistemic_variance: (..., q), whatever the target.
        log_density: (..., q) logarithm of each output's own density at the target [nats].
        pit: (..., q) probability below the target.
        normal_score: (..., q) the standard normal's quantile of the PIT, exact where that is 0 or 1 but for rounding.
        crps: (..., q) continuous ranked probability score.
        existence: (..., q) the probability that the run has the output, whatever the target.
        survival: (...) the probability that it has any, whatever the target.
        state_log_prob: (...) logarithm of the probability that it has the outputs that are there, and no others [nats].
        joint_log_density: (...) logarithm of the joint density of the outputs that are there [nats].
        energy_score: (...) of these, each in units of its spread over the training runs.
        hpd_level: (...) probability of the smallest region that holds these, of highest joint density.
        mahalanobis: (...) distance of these from their mean in units of their covariance.
    """

    mean: jax.Array | np.ndarray
    variance: jax.Array | np.ndarray
    epistemic_variance: jax.Array | np.ndarray
    log_density: jax.Array | np.ndarray
    pit: jax.Array | np.ndarray
    normal_score: jax.Array | np.ndarray
    crps: jax.Array | np.ndarray
    existence: jax.Array | np.ndarray
    survival: jax.Array | np.ndarray
    state_log_prob: jax.Array | np.ndarray
    joint_log_density: jax.Array | np.ndarray
    energy_score: jax.Array | np.ndarray
    hpd_level: jax.Array | np.ndarray
    mahalanobis: jax.Array | np.ndarray


def functionals(outcome: Outcome, target: Outputs, scale: Outputs) -> Functionals:
    """Those at one point, its target NaN where an output is missing; `scale` is the spread of each output."""
    distribution = outcome.distribution

    def of_output(marginal, value):
        return (
            marginal.log_prob(value),
            marginal.cdf(value),
            marginal.normal_score(value),
            marginal.crps(value),
        )

    log_density, pit, normal_score, crps = jax.vmap(of_output)(distribution.marginals, target)
    return Functionals(
        distribution.mean,
        distribution.variance,
        distribution.epistemic_variance,
        log_density,
        pit,
        normal_score,
        crps,
        outcome.existence,
        outcome.survival,
        outcome.state_log_prob(target),
        distribution.log_prob(target),
        distribution.energy_score(target, scale, random_key(ENERGY_SEED), ENERGY_DRAWS),
        distribution.hpd_level(target, random_key(HPD_SEED), HPD_DRAWS),
        distribution.mahalanobis(target),
    )
