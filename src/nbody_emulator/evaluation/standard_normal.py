"""The standard normal distribution, as scipy.stats has it, which takes longer to import than most tables to make."""

import numpy as np
from scipy.special import ndtr, ndtri

cumulative = ndtr
"""Probability below z."""

quantile = ndtri
"""The z below which a probability lies."""


def log_density(z: np.ndarray) -> np.ndarray:
    """Logarithm of the density at z."""
    return -0.5 * (z**2 + np.log(2 * np.pi))
