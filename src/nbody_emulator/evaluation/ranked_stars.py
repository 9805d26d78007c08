"""Stars from the likeliest to the least likely: what alarms catch, and how often a probability comes true, resampled.

Sorted once, a resample of design points is a weight for each star, and every curve is made of two cumulative sums.
"""

from dataclasses import dataclass

import numpy as np

LEVELS = (0.025, 0.975)
"""The ends of 95 % intervals."""

SMALLEST_VARIANCE = 1e-12
"""Of a star in `bins`: those that are sure of themselves are in some bin, too."""

SAME = 1e-12
"""Of all: rounding by which a recall may miss the one it is."""


@dataclass(frozen=True)
class Caught:
    """What alarms raised from ever lower probabilities on catch, (m + 1,); first none, last one for every star.

    Attributes:
        hits: weight of the stars with an alarm to which it happened.
        false_alarms: of those with an alarm to which it did not.
    """

    hits: np.ndarray
    false_alarms: np.ndarray

    @property
    def areas(self) -> np.ndarray:
        """`area` and `average_precision` (2,)."""
        return np.array([self.area, self.average_precision])

    @property
    def area(self) -> float:
        """Under the receiver operating characteristic: of a yes and a no the yes is likelier, half if they are alike.

        NaN where all answers are the same.
        """
        whole = self.hits[-1] * self.false_alarms[-1]
        steps = np.diff(self.false_alarms) * 0.5 * (self.hits[1:] + self.hits[:-1])
        return float(steps.sum() / whole) if whole > 0 else float("nan")

    @property
    def average_precision(self) -> float:
        """The mean, over the stars to which it happened, of the precision of an alarm that just catches each.

        NaN where it happened to none.
        """
        gained = np.diff(self.hits)
        return float(gained @ self._precision[1:] / self.hits[-1]) if self.hits[-1] > 0 else float("nan")

    def true_positive_rates(self, false_positive_rates: np.ndarray) -> np.ndarray:
        """The largest share (q,) of hits at these shares (q,) of false alarms, alarms being drawn by lot in between."""
        if not self.hits[-1] * self.false_alarms[-1] > 0:
            return np.full(len(false_positive_rates), np.nan)
        return np.interp(
            false_positive_rates, self.false_alarms / self.false_alarms[-1], self.hits / self.hits[-1]
        )

    def precisions(self, recalls: np.ndarray) -> np.ndarray:
        """Precision (q,) from the highest probability on that gives at least these recalls (q,), above 0.

        The mean over all recalls is `average_precision`.
        """
        if not self.hits[-1] > 0:
            return np.full(len(recalls), np.nan)
        place = np.searchsorted(self.hits, (recalls - SAME) * self.hits[-1], side="left")
        return self._precision[place]

    @property
    def _precision(self) -> np.ndarray:
        raised = self.hits + self.false_alarms
        return np.divide(self.hits, raised, out=np.zeros(len(raised)), where=raised > 0)


@dataclass(frozen=True)
class RankedStars:
    """n stars by falling probability; alike are those that no threshold tells apart.

    Attributes:
        probability, happened: (n,).
        group: number of the design point of each (n,).
        last: places of the last star of each m different probabilities (m,).
    """

    probability: np.ndarray
    happened: np.ndarray
    group: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, probability: np.ndarray, happened: np.ndarray, group: np.ndarray) -> "RankedStars":
        """Of n stars in any order."""
        order = np.argsort(-probability, kind="stable")
        falling = probability[order]
        last = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)
        return cls(falling, happened[order], group[order], last if len(falling) else last[:0])

    def caught(self, weights: np.ndarray | None = None) -> Caught:
        """What alarms catch where each design point counts as often as `weights` (J,) say, all once by default."""
        weight = np.ones(len(self.group)) if weights is None else weights[self.group]
        hits = np.cumsum(weight * self.happened)[self.last]
        raised = np.cumsum(weight)[self.last]
        return Caught(np.append(0.0, hits), np.append(0.0, raised - hits))

    def bins(self, count: int) -> np.ndarray:
        """The bin (n,) of each star, of as many with about the same sum of p (1 - p) each, by rising probability.

        So the shares of all bins are known about as well, whether it is rare or not. Stars of one probability share
        a bin: that of their middle.
        """
        variance = self.probability * (1.0 - self.probability) + SMALLEST_VARIANCE
        ends = np.append(0.0, np.cumsum(variance)[self.last])
        middle = 0.5 * (ends[1:] + ends[:-1]) / ends[-1]
        repeats = np.diff(np.append(-1, self.last))
        return np.repeat(count - 1 - np.minimum((count * middle).astype(int), count - 1), repeats)

    def shares(self, bins: np.ndarray, count: int, weights: np.ndarray | None = None) -> np.ndarray:
        """Of the stars in each of so many bins, those to which it happened (count,); NaN of an empty one."""
        weight = np.ones(len(self.group)) if weights is None else weights[self.group]
        return _ratio(np.bincount(bins, weight * self.happened, count), np.bincount(bins, weight, count))

    def mean_probabilities(self, bins: np.ndarray, count: int) -> np.ndarray:
        """The mean probability of each bin (count,); NaN of an empty one."""
        return _ratio(np.bincount(bins, self.probability, count), np.bincount(bins, None, count))


def intervals(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends (q,) and (q,) of the middle 95 % of what resamples (B, q) gave; NaN where none gave a number."""
    known = np.isfinite(draws).any(axis=0)
    ends = np.full((2, draws.shape[1]), np.nan)
    ends[:, known] = np.nanquantile(draws[:, known], LEVELS, axis=0)
    return ends[0], ends[1]


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
