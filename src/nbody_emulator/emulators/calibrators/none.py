"""No calibration: the model's own word."""

import jax
import numpy as np

from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution


class NoCalibration(AbstractCalibrator):
    """Distributions as they are."""

    @classmethod
    def fitted(
        cls, inputs: np.ndarray, distributions: AbstractDistribution, targets: np.ndarray
    ) -> "NoCalibration":
        del inputs, distributions, targets
        return cls()

    def __call__(self, distribution: AbstractDistribution, inputs: jax.Array) -> AbstractDistribution:
        del inputs
        return distribution
