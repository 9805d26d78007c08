"""All monomials of the scaled inputs up to a total degree, by least squares: a ladder of complexity with a
closed form.

The degree is not tuned here; it is the rung of the ladder in the bias-variance figure.
"""

from nbody_emulator.emulators.basis import empty_basis_model, fit_basis_model
from nbody_emulator.emulators.family import Family

RIDGE = 1e-6
"""Far below one training row: it only keeps the equations solvable when there are more terms than rows."""


def candidates(settings, count):
    """One: the degree named in the settings."""
    del count
    return [{"degree": int(settings.get("degree", 2))}]


def rung(complexity):
    """The hyperparameters of one step of the ladder: its degree."""
    return {"degree": int(complexity)}


def fit(training, hyperparameters, settings, key):
    """Least squares of each output on its own observed rows."""
    del settings, key
    return fit_basis_model(training, hyperparameters["degree"], RIDGE), {}


FAMILY = Family(candidates, fit, empty_basis_model, variance_terms="linear", rung=rung)
