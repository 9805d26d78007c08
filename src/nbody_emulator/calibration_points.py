"""How many calibration points an interval needs, so that one of their scores is large enough to end it."""

import math

CALIBRATION_PARTS = 10
"""Intervals of the calibration points themselves are set part by part, each by the points of the other parts."""

ROUNDING = 1e-9
"""(n + 1) level is often a whole number but for rounding, which must not cost a rank."""


def scores_needed(level: float) -> int:
    """The fewest scores n that give a finite conformal interval: ceil((n + 1) level) must not exceed n."""
    return math.ceil(level / (1.0 - level) * (1.0 - ROUNDING))


def points_needed(level: float) -> int:
    """The fewest calibration points of which, the largest part set apart, as many scores are left."""
    scores = scores_needed(level)
    # With n points the largest part has ceil(n / parts).
    return scores + math.ceil(scores / (CALIBRATION_PARTS - 1))
