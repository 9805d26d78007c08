"""Is an observation like anything that was simulated? Its evidence beside that of the emulator's own runs."""

import jax
import numpy as np
from scipy.special import logsumexp

from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import AT_ONCE, PredictionTable, thetas
from nbody_emulator.streams import generator, key_integer

RUNS = 240
"""Drawn to compare with: a probability of one in twenty is then known to 0.014."""

FEWEST_RUNS = 60


def predictive_probability(table: PredictionTable, observation: Observation, seed: int = 0) -> float | None:
    """The share of the emulator's own runs, at points of the prior, whose values are no more likely than those seen.

    Runs with the outputs that were measured, and with the same errors; likely is the density of all transformed values
    together, over the whole prior. Below some hundredths the observation is like nothing that the emulator knows. None
    where no value was measured, or where hardly any run with such errors can be.
    """
    if not observation.present.any():
        return None
    part = table.part(0)
    own = [each for each in _own_runs(table, observation, seed) if each.is_possible]
    if len(own) < FEWEST_RUNS:
        return None
    densities = np.concatenate(
        [_log_densities(table, part, own[start : start + AT_ONCE]) for start in range(0, len(own), AT_ONCE)]
    )
    return float(np.mean(densities <= _log_densities(table, part, [observation])[0]))


def _log_densities(table, part, observations):
    found = logsumexp(table.log_likelihoods(part, observations, (table.variance_factor,))[:, 0], axis=0)
    return found - np.array([each.log_slopes for each in observations])


def _own_runs(table: PredictionTable, observation: Observation, seed: int) -> list[Observation]:
    """Observations like this one of runs that the emulator made up."""
    emulator = table.emulator
    random = generator(seed, "predictive check")
    theta = thetas(emulator.parameters, random.random((RUNS, len(emulator.parameters))))
    with counted_off():
        keys = jax.random.split(random_key(key_integer(seed, "predictive check")), RUNS)
        data = np.asarray(jax.random.key_data(keys))
        settings = {"likelihood": table.likelihood, "factor": np.array(table.variance_factor)}
        targets = each_point(_drawn, (RUNS,), theta, data, model=emulator.model, **settings)
    noise = random.standard_normal(targets.shape)
    return [observation.like(*pair) for pair in zip(targets, noise, strict=True)]


def _drawn(theta, data, model, likelihood, factor):
    distribution = likelihood.taken(model(theta)).widened(factor).distribution
    return distribution.sample(jax.random.wrap_key_data(data, impl=GENERATOR), 1)[0]
