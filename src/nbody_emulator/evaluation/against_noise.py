"""What is measured against the noise: the error's excess over it, their ratio, and what could be explained.

The noise may come from other runs than the error, as in cross-validation, or from the very same, as on the test
set. There the two rise and fall together, and a ratio is known far better than either.
"""

import numpy as np

from nbody_emulator.evaluation.estimate import Estimate
from nbody_emulator.evaluation.pooled_noise import PooledNoise

UNKNOWN_WITHIN = 2.0
"""Standard errors of the noise variance within which it, or an explainable variance, counts as none."""


def excess(squared: np.ndarray, noise: PooledNoise) -> Estimate:
    """A - s, with A the mean of the `squared` errors (n,) and s the noise variance; may be negative."""
    return _against(squared.mean() - noise.variance, squared, noise, -1.0)


def over_noise_floor(squared: np.ndarray, noise: PooledNoise) -> Estimate:
    """sqrt(A / s), 1 for a perfect mean; NaN where the noise is not known to be there."""
    # Written so that an unknown noise, NaN, counts as none.
    if not noise.variance > UNKNOWN_WITHIN * noise.standard_error:
        return _unknown(squared)
    ratio = np.sqrt(squared.mean() / noise.variance)
    slope = 1 / (2 * ratio * noise.variance) if ratio > 0 else 0.0
    return _against(ratio, slope * squared, noise, -ratio / (2 * noise.variance), positive=True)


def explained(squared: np.ndarray, distance: np.ndarray, noise: PooledNoise) -> Estimate:
    """1 - (A - s) / (D - s), D the mean of `distance` (n,); NaN where D - s is not known to be there."""
    mse, total = squared.mean(), distance.mean()
    explainable, above = total - noise.variance, mse - noise.variance
    if explainable <= UNKNOWN_WITHIN * noise.standard_error:
        return _unknown(squared)
    by_rows = -squared / explainable + above * distance / explainable**2
    return _against(1 - above / explainable, by_rows, noise, (total - mse) / explainable**2)


def _against(value, by_rows, noise: PooledNoise, noise_slope: float, positive: bool = False) -> Estimate:
    """The estimate whose derivative to the noise variance is `noise_slope`, from whichever runs the noise is."""
    if noise.influence is None:
        return Estimate(value, by_rows, (noise_slope * noise.standard_error) ** 2, positive)
    return Estimate(value, by_rows + noise_slope * noise.influence, positive=positive)


def _unknown(squared: np.ndarray) -> Estimate:
    return Estimate(np.nan, np.full(len(squared), np.nan))
