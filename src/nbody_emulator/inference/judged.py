"""What posteriors say of runs whose parameters are known: by how much each is right, run by run."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import PredictionTable

NARROWEST = 1e-9
"""Of a posterior as a fraction of the box: one that is a single point has no width to measure by."""


class Judged(NamedTuple):
    """Posteriors of n runs beside the truth; where all is right, what is said to be uniform is so between 0 and 1.

    Attributes:
        hpd_level: (n,) mass of the smallest region that holds the truth; uniform.
        log_posterior: (n,) logarithm of the posterior's density over the prior's, at the truth [nats].
        rank: (n, d) posterior probability below each true parameter; uniform.
        mean, standard_deviation: (n, d) of each parameter, as fractions of its box.
        random_distance: (n,) posterior probability of what lies nearer to a random point than the truth does; uniform.
        distance: (n,) the same of the posterior's own mean, in units of its standard deviations; uniform.
        log_evidence: (n,) of the run [nats].
        effective_size: (n,) independent draws that the points were worth.
    """

    hpd_level: np.ndarray
    log_posterior: np.ndarray
    rank: np.ndarray
    mean: np.ndarray
    standard_deviation: np.ndarray
    random_distance: np.ndarray
    distance: np.ndarray
    log_evidence: np.ndarray
    effective_size: np.ndarray


def judged(
    table: PredictionTable,
    truths: np.ndarray,
    observations: Sequence[Observation],
    random: np.random.Generator,
) -> Judged:
    """Of exactly observed runs with true parameters `truths` (n, d), as fractions of the box.

    Args:
        random: draws the points from which distances are measured, and decides between equals.
    """
    at_truth = table.log_likelihoods_at(truths, observations)[:, 0]
    shares, references = random.random(len(truths)), random.random(truths.shape)
    rows = [
        _judged(posterior, *known)
        for posterior, *known in zip(
            table.posteriors(observations), truths, at_truth, shares, references, strict=True
        )
    ]
    return Judged(*(np.array(column) for column in zip(*rows, strict=True)))


def _judged(
    posterior: Posterior, truth: np.ndarray, at_truth: float, share: float, reference: np.ndarray
) -> tuple[Any, ...]:
    """The numbers of one run, in the order of `Judged`."""
    mean, deviation = posterior.moments
    points, weights = posterior.fractions, posterior.weights
    spread = np.maximum(deviation, NARROWEST)

    def nearer(center, unit):
        squares = (((points - center) / unit) ** 2).sum(axis=1)
        return weights @ (squares < (((truth - center) / unit) ** 2).sum())

    # What nothing in the box explains is in no region.
    held = posterior.region_of(at_truth, share) if posterior.effective_size else 1.0
    return (
        held,
        at_truth - posterior.log_evidence,
        weights @ (points < truth),
        mean,
        deviation,
        nearer(reference, 1.0),
        nearer(mean, spread),
        posterior.log_evidence,
        posterior.effective_size,
    )
