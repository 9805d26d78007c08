"""A Gaussian as wide as the emulator's own ignorance."""

from typing import ClassVar

import jax.numpy as jnp

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood

LEAST_SHARE = 1e-4
"""Of the variance, where an emulator has no word for its own ignorance."""


class ScatterLeftOut(AbstractLikelihood):
    """As if runs with the same parameters came out the same: the simulator's scatter is forgotten.

    What calibrators do that are made for simulators without scatter.
    """

    can_be_widened: ClassVar[bool] = False

    def taken(self, outcome: Outcome) -> Outcome:
        given = outcome.distribution
        own = jnp.maximum(given.epistemic_variance, LEAST_SHARE * given.variance)
        return outcome.with_distribution(IndependentGaussian(given.mean, own, own))
