"""Bands in which 95 % of perfect predictions lie: of one number, or of a whole curve at once."""

from functools import lru_cache

import numpy as np

from nbody_emulator.evaluation.nulls import Null

CONFIDENCE = 0.95
MACE_LEVELS = tuple(np.linspace(0.0, 1.0, 100).tolist())
"""Of the mean absolute calibration error."""


@lru_cache(maxsize=256)
def reliability_band(null: Null, levels: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Band (low, high), each (L,), that holds the whole coverage curve."""
    return _whole(null.coverage(levels))


@lru_cache(maxsize=256)
def pit_band(null: Null, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Band (low, high), each (bins,), that holds all bars of the PIT histogram (densities: 1 if flat)."""
    return _whole(null.pit(bins))


@lru_cache(maxsize=256)
def mean_absolute_errors(null: Null) -> np.ndarray:
    """Mean absolute calibration error of perfect predictions, (draws,): about 0.313 / sqrt(n) if independent."""
    return np.abs(null.coverage(MACE_LEVELS) - MACE_LEVELS).mean(axis=1)


def pointwise_band(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Band (low, high) of each number by itself, from draws (draws, ...).

    Counts are whole numbers: both ends are such as keep at least 95 % inside.
    """
    outside = 0.5 * (1 - CONFIDENCE)
    return (
        np.quantile(drawn, outside, axis=0, method="lower"),
        np.quantile(drawn, 1 - outside, axis=0, method="higher"),
    )


def upper_band(drawn: np.ndarray) -> float:
    """The end of the band from 0 on, from draws (draws,)."""
    return float(np.quantile(drawn, CONFIDENCE, method="higher"))


def _whole(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """About the mean curve, as many of its standard deviations to both sides as hold 95 % of whole curves."""
    expected, deviation = drawn.mean(axis=0), drawn.std(axis=0)
    largest = np.max(np.abs(drawn - expected) / np.maximum(deviation, 1e-12), axis=1)
    # Counts are whole numbers: "higher" keeps the coverage at least nominal.
    reach = np.quantile(largest, CONFIDENCE, method="higher") * deviation
    return expected - reach, expected + reach
