"""A ridge regression that is linear in the scaled inputs, with a log-linear variance: the honest rival."""

import numpy as np

from nbody_emulator.emulators.basis import empty_basis_model, fit_basis_model
from nbody_emulator.emulators.calibrators.log_linear_variance import LogLinearVariance
from nbody_emulator.emulators.family import Family

WEAKEST, STRONGEST = 1e-3, 1e2
"""Ends of the ridge strengths tried, in units of one training row (inputs have unit variance)."""


def candidates(settings, count):
    """Ridge strengths, evenly spaced in the logarithm."""
    del settings
    return [{"ridge": float(strength)} for strength in np.geomspace(WEAKEST, STRONGEST, count)]


def fit(training, hyperparameters, settings, key):
    """Ridge regression of each output on its own observed rows."""
    del settings, key
    return fit_basis_model(training, degree=1, ridge=hyperparameters["ridge"]), {}


FAMILY = Family(candidates, fit, empty_basis_model, calibrator=LogLinearVariance)
