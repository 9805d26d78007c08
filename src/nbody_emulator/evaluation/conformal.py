"""Split conformal intervals: widths whose coverage is promised by exchangeability alone.

Source: Lei et al. 2018 (J. Am. Stat. Assoc. 113, 1094), with scores |target - mean| / standard deviation.
"""

import numpy as np

ROUNDING = 1e-9


def conformal_quantiles(scores: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Half-widths (L,), in predicted standard deviations, of intervals that hold a new target at each level.

    The k-th smallest of the n calibration `scores` (n,), k = ceil((n + 1) level). For k > n no finite
    interval keeps the promise, and the answer is infinite; it is never replaced by the largest score.
    """
    count = len(scores)
    # (n + 1) level is often a whole number but for rounding, which must not cost a rank.
    ranks = np.ceil((count + 1) * np.asarray(levels, dtype=float) - ROUNDING).astype(int)
    return np.concatenate([[0.0], np.sort(scores), [np.inf]])[np.minimum(ranks, count + 1)]
