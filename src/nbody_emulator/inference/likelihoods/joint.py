"""The likelihood that the emulator itself states."""

from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood


class Joint(AbstractLikelihood):
    """Its joint distribution: shapes, tails and correlations as residuals of unseen runs have shown them."""

    def taken(self, outcome: Outcome) -> Outcome:
        return outcome
