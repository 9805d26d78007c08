"""What a calibrator is: fitted on answers out of fold, inside the training part, it turns distributions into others."""

from abc import abstractmethod

import equinox as eqx
import jax
import numpy as np

from nbody_emulator.emulators.distributions.distribution import AbstractDistribution


class AbstractCalibrator(eqx.Module):
    """Turns what a model says at one point into what the emulator says; all its fields are arrays."""

    @classmethod
    @abstractmethod
    def fitted(
        cls, inputs: np.ndarray, distributions: AbstractDistribution, targets: np.ndarray
    ) -> "AbstractCalibrator":
        """The calibrator of these answers.

        Args:
            inputs: (n, d) scaled inputs.
            distributions: the model's answers there, each by a fit that had not seen the run; arrays (n, ...).
            targets: (n, q) scaled targets; NaN = missing.
        """

    @abstractmethod
    def __call__(self, distribution: AbstractDistribution, inputs: jax.Array) -> AbstractDistribution:
        """The calibrated distribution at one scaled input vector (d,)."""
