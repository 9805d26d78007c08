"""Stars of one mass."""

import numpy as np


def sample(stars: int, generator: np.random.Generator, *, mass: float) -> np.ndarray:
    """Masses (N,), every one `mass` [Msun]; nothing is drawn."""
    del generator
    return np.full(stars, mass, dtype=float)
