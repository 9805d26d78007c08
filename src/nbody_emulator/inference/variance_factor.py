"""One number that makes posteriors as wide as they are wrong: a factor on the variances of the outputs.

It is that with which the true parameters of runs that no fit has seen are most likely, in the mean of the logarithm of
their posterior density, which is a proper score of posteriors. A factor leaves every distribution one: observations
with large errors lead back to the prior, as they should, which an exponent on the likelihood would not let them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import logsumexp

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable, alike

LOG_FACTORS = np.linspace(np.log(0.5), np.log(4.0), 7)
"""At which the mean is known; a cubic spline is laid through it."""

LARGEST_ERROR = float(np.ptp(LOG_FACTORS) / np.sqrt(12.0))
"""Of the logarithm: that of a factor which may lie anywhere in the range."""

LEAST_TOLD = 1e-6
"""Nats, of all runs together: where no factor makes them likelier than another by so much, they set none."""


class VarianceFactor(NamedTuple):
    """The factor, and the standard error of its logarithm by the curvature of the likelihood of all runs, at most
    LARGEST_ERROR.
    """

    value: float
    standard_error: float

    @staticmethod
    def of(emulator: Emulator) -> "VarianceFactor":
        """That which an emulator keeps; 1 where none was set."""
        record = emulator.metadata.posteriors
        return (
            VarianceFactor(1.0, 0.0)
            if record is None
            else VarianceFactor(record.variance_factor, record.standard_error)
        )


def fitted_factor(
    table: PredictionTable, fractions: np.ndarray, observations: Sequence[Observation]
) -> VarianceFactor:
    """The best one for runs whose true parameters lie at these fractions (k, d) of the box.

    One at an end of the range if it would lie beyond; 1 where the runs say the same of all, as where all of them
    dissolved or what the emulator says does not depend on the parameters.
    """
    factors = np.exp(LOG_FACTORS).tolist()
    part = table.part(0)
    evidence = np.empty((len(observations), len(factors)))
    for chosen in alike(observations):
        found = table.log_likelihoods(part, [observations[place] for place in chosen], factors)
        evidence[chosen] = (logsumexp(found, axis=0) - np.log(len(found))).T
    told = table.log_likelihoods_at(fractions, observations, factors) - evidence
    # A run that nothing can explain says the same of all factors.
    told = told[np.isfinite(told).all(axis=1)]
    together = told.sum(axis=0)
    if np.ptp(together) < LEAST_TOLD:
        return VarianceFactor(1.0, LARGEST_ERROR)
    curve = CubicSpline(LOG_FACTORS, together)
    ends = LOG_FACTORS[[0, -1]]
    places = np.concatenate([ends, curve.derivative().roots(extrapolate=False)])
    best = places[np.argmax(curve(places))]
    bend = -float(curve(best, 2))
    error = bend**-0.5 if bend > 0.0 else LARGEST_ERROR
    return VarianceFactor(float(np.exp(best)), min(error, LARGEST_ERROR))
