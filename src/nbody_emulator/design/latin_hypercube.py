"""Space-filling points: every one of `points` equal strata of every axis holds exactly one (McKay et al. 1979)."""

import numpy as np
from scipy.stats import qmc


def sample(points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    """Points (points, dimensions) in [0, 1), placed at random inside their strata, in random order."""
    return qmc.LatinHypercube(dimensions, rng=generator).random(points)
