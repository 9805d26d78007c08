"""Independent points: for sets whose errors must average over the box (noise, calibration, test)."""

import numpy as np


def sample(points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    """Points (points, dimensions) in [0, 1), independent and uniform."""
    return generator.random((points, dimensions))
