"""From which probability on a star is called, for what a miss costs beside a false alarm."""

import numpy as np
from scipy.special import expit


def cheapest_threshold(log_odds: np.ndarray, happened: np.ndarray, miss_cost: float) -> float:
    """The probability from which on calling costs least on these stars, halfway to the next lower one; in [0, 1].

    Of several equally cheap ones the highest: the fewest calls.

    Args:
        log_odds, happened: of any shape; happened 1 or 0, NaN where nobody knows.
        miss_cost: of a star that it happens to and that is not called; a false alarm costs 1.
    """
    observed = np.isfinite(happened) & np.isfinite(log_odds)
    odds, yes = log_odds[observed], happened[observed] == 1.0
    order = np.argsort(-odds, kind="stable")
    odds, yes = odds[order], yes[order]
    # Calling the first k: false alarms among them, and misses among the others.
    costs = np.concatenate([[0.0], np.cumsum(np.where(yes, -miss_cost, 1.0))])
    # Equal odds are called together.
    is_end = np.concatenate([[True], odds[1:] < odds[:-1], [True]]) if len(odds) else np.array([True])
    called = int(np.argmin(np.where(is_end, costs, np.inf)))
    if called == 0:
        return 1.0
    last = float(expit(odds[called - 1]))
    following = float(expit(odds[called])) if called < len(odds) else 0.0
    return 0.5 * (last + following)
