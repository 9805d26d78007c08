"""Nested sampling: points that climb to ever higher likelihoods, in ever smaller shares of the prior.

The lowest of the live points are replaced by others above them, which slices through the likelihood's contour find;
by how much each replacement shrinks the share of the prior is known in distribution. All steps are one compiled loop.
Sources: Skilling 2006 (Bayesian Anal. 1, 833); Yallup, Kroupa & Handley 2026 (arXiv:2601.23252), whose nested slice
sampling is that of blackjax.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import logsumexp

from nbody_emulator.emulators.random_keys import counted_off, random_key
from nbody_emulator.emulators.scaling import PhysicalInputs
from nbody_emulator.extras import extra
from nbody_emulator.inference.landscape import of_the_box
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable
from nbody_emulator.streams import generator, key_integer

LIVE, DELETED = 500, 50
"""Points that climb, and those of them that are replaced in one step."""

MOST_STEPS = 1000
"""Enough to find a posterior in e^-100 of the box."""

LOG_SHARE_LEFT = np.log(1e-3)
"""Of the evidence, under which the live points' own is enough."""

SHRINKAGES = 256
"""Drawn histories of the prior's shares, which tell the error."""


class _Asked(NamedTuple):
    """What the likelihood of an observation is told by, at fractions of the box."""

    physical: PhysicalInputs
    model: eqx.Module
    likelihood: eqx.Module
    factor: np.ndarray
    target: np.ndarray
    looked_at: np.ndarray
    present: np.ndarray


def of_nested_slices(table: PredictionTable, observation: Observation, seed: int = 0) -> tuple[float, float]:
    """Log evidence and its standard error, by the likelihood that the table takes."""
    targets, slopes = observation.true_values(np.zeros((1, len(observation.outputs))))
    counts = table.likelihood.counts_absence
    asked = _Asked(
        physical=of_the_box(table.emulator.parameters),
        model=table.emulator.model,
        likelihood=table.likelihood,
        factor=np.array(table.variance_factor),
        target=targets[0],
        looked_at=observation.looked_at if counts else observation.present,
        present=observation.present,
    )
    with counted_off():
        key = random_key(key_integer(seed, "nested slices"))
        steps, dead, live = _climbed(asked, key, len(table.emulator.parameters))
    if int(steps) == MOST_STEPS:
        raise ValueError(
            f'{MOST_STEPS} steps are too few for an observation that says so much; write method="table"'
        )
    log_likelihoods = np.concatenate([np.asarray(dead)[: int(steps)].ravel(), np.sort(live)])
    values = _evidences(log_likelihoods, int(steps), generator(seed, "nested slices", "shrinkage"))
    return float(np.mean(values) + slopes[0]), float(np.std(values))


def _evidences(log_likelihoods, steps, random):
    """(SHRINKAGES,) log evidences, one a history of the shares of the prior above each of the likelihoods (n,)."""
    left = np.concatenate([np.tile(np.arange(LIVE, LIVE - DELETED, -1), steps), np.arange(LIVE, 0, -1)])
    shrunk = random.standard_exponential((SHRINKAGES, len(left))) / left
    after = -np.cumsum(shrunk, axis=1)
    shells = after + shrunk + np.log(-np.expm1(-shrunk))
    return logsumexp(log_likelihoods + shells, axis=1)


def _log_likelihood(asked, fractions):
    outcome = asked.likelihood.taken(asked.model(asked.physical(fractions))).widened(asked.factor)
    return outcome.log_prob(asked.target, asked.looked_at, asked.present)


@eqx.filter_jit
def _climbed(asked, key, dimensions):
    """Steps done; likelihoods (MOST_STEPS, DELETED) of what was replaced in each, rising; and of the live points."""
    with extra("inference"):  # imported here: it takes seconds
        import blackjax

    def log_prior(fractions):
        return jnp.where(jnp.all((fractions >= 0.0) & (fractions <= 1.0)), 0.0, -jnp.inf)

    def log_likelihood(fractions):
        # The emulator is not asked outside of its box.
        inside = _log_likelihood(asked, jnp.clip(fractions, 0.0, 1.0))
        return jnp.where(jnp.isfinite(log_prior(fractions)), inside, -jnp.inf)

    sampler = blackjax.nss(log_prior, log_likelihood, max(5, 3 * dimensions), DELETED)
    first, following = jax.random.split(key)
    state = sampler.init(jax.random.uniform(first, (LIVE, dimensions)))

    def goes_on(carry):
        number, state, _ = carry
        share = state.integrator.logZ_live - jnp.logaddexp(state.integrator.logZ, state.integrator.logZ_live)
        return (number < MOST_STEPS) & (share > LOG_SHARE_LEFT)

    def step(carry):
        number, state, dead = carry
        state, replaced = sampler.step(jax.random.fold_in(following, number), state)
        return number + 1, state, dead.at[number].set(jnp.sort(replaced.particles.loglikelihood))

    start = 0, state, jnp.zeros((MOST_STEPS, DELETED))
    number, state, dead = jax.lax.while_loop(goes_on, step, start)
    return number, dead, state.particles.loglikelihood
