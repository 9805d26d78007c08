"""The learned harmonic mean: the evidence by the draws of a posterior and their likelihoods alone.

The mean over a posterior of any density, divided by prior and likelihood, is one over the evidence. The density is a
flow, taken narrower than it learned: it must not reach where the posterior does not. It is trained on half of the draws
and averaged on the other half; then the halves change places.
Source: McEwen, Wallis, Price & Spurio Mancini 2021 (arXiv:2111.12720); with flows, Polanska et al. 2024
(arXiv:2405.05969).
"""

import numpy as np
from scipy.stats import norm

from nbody_emulator.inference.evidences.table import of_part
from nbody_emulator.inference.flows import Shape, Training, normal_scores, trained
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import PredictionTable
from nbody_emulator.streams import generator

MOST_DRAWS = 4096
"""On which the flow is trained."""

TRAINING = Training(members=2, batch=100, steps=1000, patience=200, learning_rate=5e-3)

TEMPERATURE = 0.8
"""Variance of the normals that the flow begins with, instead of 1."""

BATCHES = 20
"""Of what is averaged, the scatter of which tells the error."""


def of_harmonic_mean(table: PredictionTable, observation: Observation, seed: int = 0) -> tuple[float, float]:
    """Log evidence and its standard error, by the table's posterior.

    Its weights are likelihoods themselves: tested is whether they and the flow are of one posterior, not whether the
    points have missed a part of it.

    Raises:
        ValueError: the points are too few for how much the observation says, or nothing in the box can explain it.
    """
    told, number = np.empty(0), 0
    # All of them, or the flows would be taught by few points many times.
    while len(told) < len(table.fractions):
        told, number = np.concatenate([told, of_part(table, number, observation)]), number + 1
    posterior = Posterior.of(table.emulator.parameters, table.fractions, told)
    posterior.refuse_rough()
    return of_posterior(posterior, seed)


def of_posterior(posterior: Posterior, seed: int = 0) -> tuple[float, float]:
    """Log evidence and its standard error, by points of equal weight or not, with their likelihoods."""
    random = generator(seed, "harmonic mean")
    heavy = random.permutation(np.flatnonzero(posterior.weights > 0.0))
    weights, scores = posterior.weights[heavy], normal_scores(posterior.fractions[heavy])
    log_densities = np.empty(len(heavy))
    halves = np.array_split(np.arange(len(heavy)), 2)
    for taught, told in (halves, halves[::-1]):
        flow = _flow(scores[taught], weights[taught], random, seed)
        log_densities[told] = flow.log_prob(scores[told], np.empty(0), TEMPERATURE)
    log_ratios = log_densities - norm.logpdf(scores).sum(axis=1) - posterior.log_likelihoods[heavy]
    highest = log_ratios.max()
    terms = weights * np.exp(log_ratios - highest)
    mean = terms.sum() / weights.sum()
    # Of a ratio of sums: what each batch has over what its weight alone would give.
    excess = np.array([each.sum() for each in np.array_split(terms - mean * weights, BATCHES)])
    error = np.sqrt(np.sum(excess**2) * BATCHES / (BATCHES - 1)) / terms.sum()
    return float(-np.log(mean) - highest), float(error)


def _flow(scores, weights, random, seed):
    """One of the density of which the scores (n, d) are weighted draws."""
    shares = weights / weights.sum()
    # More draws than the points are worth would be the same points again, learned by heart. Few sizes are compiled.
    count = min(MOST_DRAWS, 2 ** int(np.log2(1.0 / float(shares @ shares))))
    draws = scores[random.choice(len(scores), size=count, p=shares)]
    shape = Shape(scores.shape[1], 0, layers=1, width=20, knots=4)
    return trained(draws, np.empty((count, 0)), shape, TRAINING, seed, "harmonic mean")
