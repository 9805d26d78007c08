"""Space-filling points: each of as many equal strata of every axis as there are points holds exactly one.

Source: McKay, Beckman & Conover (1979), Technometrics 21, 239; drawn by scipy.
"""

import numpy as np
from scipy.stats import qmc


def sample(points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    """Points (points, dimensions) in [0, 1), placed at random inside their strata, in random order."""
    return qmc.LatinHypercube(dimensions, rng=generator).random(points)
