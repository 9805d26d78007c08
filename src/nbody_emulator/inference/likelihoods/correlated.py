"""One Gaussian of all outputs."""

from nbody_emulator.emulators.distributions.distribution import triangle_of
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood


class Correlated(AbstractLikelihood):
    """A multivariate Gaussian of the predicted means and covariances."""

    def taken(self, outcome: Outcome) -> Outcome:
        given = outcome.distribution
        triangle = triangle_of(given.covariance, given.mean)
        return outcome.with_distribution(Gaussian(given.mean, triangle, given.epistemic_covariance))
