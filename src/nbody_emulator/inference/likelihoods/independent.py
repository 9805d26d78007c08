"""A Gaussian an output."""

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood


class Independent(AbstractLikelihood):
    """Gaussians of the predicted means and variances, multiplied as if outputs knew nothing of each other.

    What most calibrations do; one surprise that moves several outputs is counted several times.
    """

    def taken(self, outcome: Outcome) -> Outcome:
        given = outcome.distribution
        return outcome.with_distribution(
            IndependentGaussian(given.mean, given.variance, given.epistemic_variance)
        )
