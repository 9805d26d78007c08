"""What a calibrator is: fitted on answers out of fold, inside the training part, it turns distributions into others."""

from abc import abstractmethod

import equinox as eqx
import jax
import numpy as np

from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.out_of_fold import OutOfFold


class AbstractCalibrator(eqx.Module):
    """Turns what a model says at one point into what the emulator says; all its fields are arrays."""

    @classmethod
    @abstractmethod
    def fitted(cls, answers: OutOfFold, targets: np.ndarray) -> "AbstractCalibrator":
        """The calibrator of what models say of runs that they have not seen.

        Args:
            answers: of n runs, to be asked.
            targets: (n, q) scaled targets; NaN = missing.
        """

    @abstractmethod
    def __call__(self, distribution: AbstractDistribution, inputs: jax.Array) -> AbstractDistribution:
        """The calibrated distribution at one scaled input vector (d,)."""
