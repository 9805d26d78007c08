"""Bands in which 95 % of perfect predictions lie: of one number, or of a whole curve at once."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nbody_emulator.evaluation.nulls import CONFIDENCE, Null, Pair, pointwise_band

MACE_LEVELS = tuple(np.linspace(0.0, 1.0, 100).tolist())
"""Of the mean absolute calibration error."""


class Shares(NamedTuple):
    """What perfect predictions hold, and leave on either side, at L levels.

    Attributes:
        coverage, tail: bands (low, high) of each number by itself, each (L,).
        coverage_scatter, tail_scatter: standard deviations, (L,).
    """

    coverage: Pair
    tail: Pair
    coverage_scatter: np.ndarray
    tail_scatter: np.ndarray


def shares(null: Null, levels: tuple[float, ...], chosen: np.ndarray) -> Shares:
    """Those of the `chosen` rows (n,)."""
    return _shares(null, levels, chosen.tobytes())


@lru_cache(maxsize=256)
def _shares(null: Null, levels: tuple[float, ...], chosen: bytes) -> Shares:
    rows = np.frombuffer(chosen, dtype=bool)
    coverage, tail = null.coverage(levels, rows), null.tail(levels, rows)
    band = null.coverage_band(levels, rows)
    return Shares(band, pointwise_band(tail), coverage.std(axis=0), tail.std(axis=0))


@lru_cache(maxsize=256)
def reliability_band(null: Null, levels: tuple[float, ...]) -> Pair:
    """Band (low, high), each (L,), that holds the whole coverage curve."""
    return _whole(null.coverage(levels))


@lru_cache(maxsize=256)
def pit_band(null: Null, bins: int) -> Pair:
    """Band (low, high), each (bins,), that holds all bars of the PIT histogram (densities: 1 if flat)."""
    return _whole(null.pit(bins))


@lru_cache(maxsize=256)
def mean_absolute_errors(null: Null) -> np.ndarray:
    """Mean absolute calibration error of perfect predictions, (draws,): about 0.313 / sqrt(n) if independent."""
    return np.abs(null.coverage(MACE_LEVELS) - MACE_LEVELS).mean(axis=1)


def upper_band(drawn: np.ndarray) -> float:
    """The end of the band from 0 on, from draws (draws,)."""
    return float(np.quantile(drawn, CONFIDENCE, method="higher"))


def _whole(drawn: np.ndarray) -> Pair:
    """About the mean curve, as many of its standard deviations to both sides as hold 95 % of whole curves."""
    expected, deviation = drawn.mean(axis=0), drawn.std(axis=0)
    largest = np.max(np.abs(drawn - expected) / np.maximum(deviation, 1e-12), axis=1)
    # Counts are whole numbers: "higher" keeps the coverage at least nominal.
    reach = np.quantile(largest, CONFIDENCE, method="higher") * deviation
    return expected - reach, expected + reach
