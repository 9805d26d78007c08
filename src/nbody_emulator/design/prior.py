"""Independent points: for sets whose errors must average over the box (noise, calibration, test)."""

from typing import ClassVar

import numpy as np

from nbody_emulator.design.sampler import AbstractSampler


class Prior(AbstractSampler):
    """Points independent and uniform."""

    meaning: ClassVar = "Independent draws from the prior"

    def sample(self, points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
        return generator.random((points, dimensions))
