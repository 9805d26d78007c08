"""The base of all likelihoods."""

from abc import abstractmethod
from typing import ClassVar

import equinox as eqx

from nbody_emulator.emulators.outcome import Outcome


class AbstractLikelihood(eqx.Module):
    """Takes what an emulator says of a run for something simpler, or as it is.

    Attributes:
        can_be_widened: whether its variances are also judged after the calibration runs have widened them; a mistake is
            judged as it is made.
        counts_absence: whether it is information that an output does not exist.
    """

    can_be_widened: ClassVar[bool] = True
    counts_absence: ClassVar[bool] = True

    @abstractmethod
    def taken(self, outcome: Outcome) -> Outcome:
        """What `outcome` is taken for."""
