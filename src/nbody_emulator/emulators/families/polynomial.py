"""Ridge regression on all monomials of the scaled inputs up to a total degree: a closed form, and a ladder.

The degree is the settings'; the ridge is tuned. On the ladder it is the other way round: degrees without a ridge.
"""

import numpy as np

from nbody_emulator.emulators.basis import empty_basis_model, fit_basis_model
from nbody_emulator.emulators.calibrators.log_linear_variance import LogLinearVariance
from nbody_emulator.emulators.family import Family

WEAKEST, STRONGEST = 1e-3, 1e2
"""Ends of the ridge strengths tried, in units of one training row, as for the straight line."""

LADDER_RIDGE = 1e-6
"""Far below one training row: it only keeps the equations solvable when there are more terms than rows."""


def candidates(settings, count):
    """Ridge strengths, evenly spaced in the logarithm, at the degree named in the settings."""
    degree = int(settings.get("degree", 3))
    return [{"degree": degree, "ridge": float(ridge)} for ridge in np.geomspace(WEAKEST, STRONGEST, count)]


def rung(complexity):
    """The hyperparameters of one step of the ladder: its degree."""
    return {"degree": int(complexity), "ridge": LADDER_RIDGE}


def fit(training, hyperparameters, settings, key):
    """Ridge regression of each output on its own observed rows."""
    del settings, key
    return fit_basis_model(training, hyperparameters["degree"], hyperparameters["ridge"]), {}


FAMILY = Family(candidates, fit, empty_basis_model, calibrator=LogLinearVariance, rung=rung)
