"""Space-filling points: each of as many equal strata of every axis as there are points holds exactly one.

Source: McKay, Beckman & Conover (1979), Technometrics 21, 239.
"""

import numpy as np


def sample(points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    """Points (points, dimensions) in [0, 1), placed at random inside their strata, in random order.

    They are those of `scipy.stats.qmc.LatinHypercube`, which takes longer to import than to import JAX.
    """
    generator = generator.spawn(1)[0]
    below_the_top = generator.uniform(size=(points, dimensions))
    strata = np.tile(np.arange(1, points + 1), (dimensions, 1))
    for axis in strata:
        generator.shuffle(axis)
    return (strata.T - below_the_top) / points
