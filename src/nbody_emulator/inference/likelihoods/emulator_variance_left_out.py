"""A Gaussian without the emulator's own ignorance."""

from typing import ClassVar

import jax.numpy as jnp

from nbody_emulator.emulators.distributions.distribution import triangle_of
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood

MOST_SHARE = 0.99
"""Of the covariance that may be left out."""


class EmulatorVarianceLeftOut(AbstractLikelihood):
    """A correlated Gaussian of the runs' scatter alone, as if the emulator knew its mean exactly."""

    can_be_widened: ClassVar[bool] = False

    def taken(self, outcome: Outcome) -> Outcome:
        given = outcome.distribution
        share = given.epistemic_variance / given.variance
        # By its variances: a difference of covariances need not be one.
        kept = jnp.sqrt(1.0 - jnp.clip(share, 0.0, MOST_SHARE))
        covariance = kept[:, None] * given.covariance * kept
        triangle = triangle_of(covariance, given.mean)
        return outcome.with_distribution(Gaussian(given.mean, triangle, jnp.zeros_like(covariance)))
