"""Space-filling points: each of as many equal strata of every axis as there are points holds exactly one.

Source: McKay, Beckman & Conover (1979), Technometrics 21, 239; drawn by scipy.
"""

from typing import ClassVar

import numpy as np

from nbody_emulator.design.sampler import AbstractSampler


class LatinHypercube(AbstractSampler):
    """Points at random inside their strata, in random order."""

    meaning: ClassVar = "Latin hypercube"

    def sample(self, points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
        from scipy.stats import qmc

        return qmc.LatinHypercube(dimensions, rng=generator).random(points)
