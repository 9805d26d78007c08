"""Directions without a preference, which every spherical profile draws its positions and velocities along."""

import numpy as np


def directions(count: int, generator: np.random.Generator) -> np.ndarray:
    """Unit vectors (count, 3), uniform on the sphere."""
    cosines = generator.uniform(-1.0, 1.0, count)
    azimuths = generator.uniform(0.0, 2.0 * np.pi, count)
    sines = np.sqrt(1.0 - cosines**2)
    return np.stack([sines * np.cos(azimuths), sines * np.sin(azimuths), cosines], axis=1)
