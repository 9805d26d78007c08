"""Recalibration of a predictive distribution: a monotone map of its probabilities that mends shapes, not widths alone.

Source: Kuleshov, Fenner & Ermon 2018 (Proc. Mach. Learn. Res. 80, 2796): isotonic regression of the empirical
distribution of calibration PITs on the PITs. These are in order already, so the regression runs through all of them; it
is laid here in normal scores, where it goes on beyond the outermost ones.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nbody_emulator.evaluation.standard_normal import quantile


@dataclass(frozen=True)
class QuantileMap:
    """From predicted normal scores to recalibrated ones, as m calibration scores set it.

    The i-th smallest score goes to the standard normal's quantile of i / (m + 1), straight lines join these, and beyond
    the outermost ones the map goes on as steeply as from the middle to there: tails stay in order and finite, and of a
    Gaussian whose width is wrong are those of the right one. Fewer than two scores say nothing: all targets are then
    in the middle of what is infinitely wide.

    Attributes:
        scores: (..., m), ascending.
    """

    scores: np.ndarray

    @classmethod
    def set_by(cls, scores: np.ndarray) -> "QuantileMap":
        """By calibration scores (..., m) in any order, each of the leading axes by itself."""
        return cls(np.sort(scores, axis=-1))

    def __call__(self, score: np.ndarray) -> np.ndarray:
        """The recalibrated scores (..., k) of predicted ones."""
        if self.scores.shape[-1] < 2:
            return np.zeros_like(score)
        return _continued(score, self.scores, _images(self.scores.shape[-1]))

    def inverse(self, recalibrated: np.ndarray) -> np.ndarray:
        """The predicted scores (..., k) of recalibrated ones."""
        if self.scores.shape[-1] < 2:
            return np.copysign(np.inf, recalibrated)
        return _continued(recalibrated, _images(self.scores.shape[-1]), self.scores)


@lru_cache(maxsize=16)
def _images(count: int) -> np.ndarray:
    return quantile(np.arange(1, count + 1) / (count + 1))


def _continued(at: np.ndarray, knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """`values` at `knots`, both (..., m) and ascending, joined by straight lines and continued beyond either end."""
    knots, values = np.broadcast_arrays(knots, values)
    last = knots.shape[-1] - 1
    upper = np.clip(_places(at, knots), 1, last)
    left, right = at < knots[..., :1], at > knots[..., last:]
    first = np.where(left | right, (last + 1) // 2, upper - 1)
    second = np.where(left, 0, np.where(right, last, upper))
    run, rise = (
        np.take_along_axis(each, second, -1) - np.take_along_axis(each, first, -1) for each in (knots, values)
    )
    slope = np.divide(rise, run, out=np.ones_like(run), where=run != 0)
    return np.take_along_axis(values, second, -1) + slope * (at - np.take_along_axis(knots, second, -1))


def _places(at: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """How many of the knots (..., m) lie below each of `at` (..., k)."""
    rows = zip(knots.reshape(-1, knots.shape[-1]), at.reshape(-1, at.shape[-1]), strict=True)
    return np.array([np.searchsorted(*row) for row in rows]).reshape(at.shape)
