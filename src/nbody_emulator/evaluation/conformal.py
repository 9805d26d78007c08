"""Split conformal intervals: widths whose coverage is promised by exchangeability alone.

Source: Lei et al. 2018 (J. Am. Stat. Assoc. 113, 1094), with scores |target - mean| / standard deviation.
"""

import numpy as np

ROUNDING = 1e-9


def conformal_quantiles(scores: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Half-widths (..., L), in predicted standard deviations, of intervals that hold a new target at each level.

    The k-th smallest of the n calibration `scores` (..., n), k = ceil((n + 1) level). For k > n no finite
    interval keeps the promise, and the answer is infinite; it is never replaced by the largest score.
    """
    ordered = np.sort(scores, axis=-1)
    ends = np.zeros((*scores.shape[:-1], 1))
    return np.concatenate([ends, ordered, ends + np.inf], axis=-1)[..., _ranks(scores.shape[-1], levels)]


def conformal_coverage_variance(count: int, level: float) -> float:
    """Variance of an interval's coverage over calibration sets of `count` points, whatever the distribution.

    With the k-th smallest score as half-width the coverage is Beta(k, n + 1 - k): its mean is p = k / (n + 1), its
    variance p (1 - p) / (n + 2). None where the interval is infinite.
    """
    covered = _ranks(count, level) / (count + 1)
    return float(covered * (1 - covered) / (count + 2))


def _ranks(count: int, levels: np.ndarray | float) -> np.ndarray:
    """The k of each level, n + 1 where no score is large enough."""
    # (n + 1) level is often a whole number but for rounding, which must not cost a rank.
    ranks = np.ceil((count + 1) * np.asarray(levels, dtype=float) - ROUNDING).astype(int)
    return np.minimum(ranks, count + 1)
