"""The standard normal distribution, as scipy.stats has it, which takes longer to import than most tables to make."""

import numpy as np
from scipy.special import ndtr, ndtri

_ROOT = np.sqrt(2 * np.pi)

cumulative = ndtr
"""Probability below z."""

quantile = ndtri
"""The z below which a probability lies."""


def density(z: np.ndarray) -> np.ndarray:
    """exp(-z^2 / 2) / sqrt(2 pi)."""
    return np.exp(-(z**2) / 2.0) / _ROOT


def log_density(z: np.ndarray) -> np.ndarray:
    """-z^2 / 2 - log(sqrt(2 pi))."""
    return -(z**2) / 2.0 - np.log(_ROOT)
