"""Conformal intervals: how far they reach, and the law of their coverage, by exchangeability alone.

Source: Lei et al. 2018 (J. Am. Stat. Assoc. 113, 1094); the laws are Vovk's (2012, Proc. Mach. Learn. Res. 25, 475).
"""

import numpy as np

from nbody_emulator.calibration_points import ROUNDING


def conformal_quantiles(scores: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The largest scores (..., L) of a new run that intervals of each level hold.

    The k-th smallest of the n calibration `scores` (..., n), k = ceil((n + 1) level). For k > n no finite
    interval keeps the promise, and the answer is infinite; it is never replaced by the largest score. Level 0 has none.
    """
    ordered = np.sort(scores, axis=-1)
    ends = np.full((*scores.shape[:-1], 1), np.inf)
    return np.concatenate([-ends, ordered, ends], axis=-1)[..., _ranks(scores.shape[-1], levels)]


def coverage_variance(count: int, level: float) -> float:
    """Variance of an interval's coverage over calibration sets of `count` points, whatever the distribution.

    With the k-th smallest score as the largest held the coverage is Beta(k, n + 1 - k): its mean is p = k / (n + 1),
    its variance p (1 - p) / (n + 2). None where the interval is infinite.
    """
    covered = _ranks(count, level) / (count + 1)
    return float(covered * (1 - covered) / (count + 2))


def coverage_band(count: int, judged: int, level: float, confidence: float) -> tuple[float, float]:
    """Where the share held lies of `judged` new points, independent of the `count` that set the interval.

    Both ends belong to it: at least `confidence` is inside. The number held is Beta-binomial(judged, k, n + 1 - k).
    """
    rank = int(_ranks(count, level))
    if rank > count:
        return 1.0, 1.0
    from scipy.stats import betabinom  # imported here: it takes longer to import than most tables to make

    held = betabinom(judged, rank, count + 1 - rank)
    outside = 0.5 * (1 - confidence)
    return float(held.ppf(outside) / judged), float(held.ppf(1 - outside) / judged)


def _ranks(count: int, levels: np.ndarray | float) -> np.ndarray:
    """The k of each level, n + 1 where no score is large enough."""
    ranks = np.ceil((count + 1) * np.asarray(levels, dtype=float) - ROUNDING).astype(int)
    return np.minimum(ranks, count + 1)
