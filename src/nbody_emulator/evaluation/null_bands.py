"""Where a perfectly calibrated prediction's curves would lie, all of a curve at once: simulated bands."""

import functools

import numpy as np

from nbody_emulator.streams import generator

DRAWS = 4000
CONFIDENCE = 0.95

MACE_NULL_MEAN = 0.25 * np.sqrt(np.pi / 2)
"""sqrt(n) times the mean absolute calibration error expected under perfection: sqrt(2/pi) pi/8 = 0.313."""

MACE_NULL_DEVIATION = 0.138
"""sqrt(n) times its standard deviation (simulated; a test repeats it)."""

MACE_NULL_UPPER = 0.587
"""sqrt(n) times its 95 % point (simulated; a test repeats it)."""


@functools.cache
def reliability_band(count: int, levels: tuple[float, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Band (low, high), each (L,), that holds the whole coverage curve of `count` rows in 95 % of draws.

    The half-width at level p is q sqrt(p (1 - p) / n), with q the 95 % point of the largest standardised
    deviation over the levels, simulated; rows are taken as independent.
    """
    p = np.array(levels)
    cells = np.diff(p, prepend=0.0, append=1.0)
    drawn = generator(seed, "null-band", "reliability", count).multinomial(count, cells, size=DRAWS)
    observed = np.cumsum(drawn[:, :-1], axis=1) / count
    return _band(observed, p, np.sqrt(p * (1 - p) / count))


@functools.cache
def pit_band(count: int, bins: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Band (low, high), each (bins,), that holds all bars of the PIT histogram (densities: 1 if flat)."""
    share = np.full(bins, 1 / bins)
    drawn = generator(seed, "null-band", "pit", count).multinomial(count, share, size=DRAWS)
    return _band(drawn * bins / count, np.ones(bins), np.full(bins, np.sqrt((bins - 1) / count)))


def _band(observed: np.ndarray, expected: np.ndarray, deviation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    largest = np.max(np.abs(observed - expected) / deviation, axis=1)
    # Counts are whole numbers: "higher" keeps the coverage at least nominal.
    reach = np.quantile(largest, CONFIDENCE, method="higher") * deviation
    return expected - reach, expected + reach
