"""The mean likelihood of the table's points."""

import math

import numpy as np
from scipy.special import logsumexp

from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable

BLOCKS = 16
"""Of points that follow each other, each of which fills the box evenly: their means scatter as much as they err."""

SUFFICIENT_ERROR = 0.004
"""That ends the search for more points."""


def of_table(table: PredictionTable, observation: Observation, seed: int = 0) -> tuple[float, float]:
    """Log evidence and its standard error, by as many of the points as it takes; there is nothing to be drawn.

    The error is that of independent blocks. Together the blocks fill the box more evenly than so many that know nothing
    of each other, and err less than that.
    """
    del seed
    told = np.empty(0)
    number, error = 0, math.inf
    while error > SUFFICIENT_ERROR and len(told) < len(table.fractions):
        told, number = np.concatenate([told, of_part(table, number, observation)]), number + 1
        error = relative_error(told)
    highest = told.max()
    if not np.isfinite(highest):
        raise ValueError(
            "no point of the box can explain what was observed: its likelihood is zero everywhere"
        )
    return float(logsumexp(told) - math.log(len(told))), error


def of_part(table: PredictionTable, number: int, observation: Observation) -> np.ndarray:
    """(n,) log likelihoods at the points of this part of the table [nats]."""
    part = table.part(number)
    return table.log_likelihoods(part, [observation], (table.variance_factor,))[:, 0, 0]


def relative_error(log_likelihoods: np.ndarray) -> float:
    """Standard error of the mean likelihood (n,) over it: of its logarithm; without end where all are zero."""
    highest = log_likelihoods.max()
    if not np.isfinite(highest):
        return math.inf
    means = np.exp(log_likelihoods - highest).reshape(min(BLOCKS, len(log_likelihoods)), -1).mean(axis=1)
    return float(means.std(ddof=1) / math.sqrt(len(means)) / means.mean())
