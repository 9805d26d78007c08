"""How far a target is from what was predicted of it: the scores whose quantiles end conformal intervals.

A score is the larger of how far the target lies below, and how far above; either may be negative. The interval of reach
r holds the targets of no higher score than r.
"""

from abc import ABC, abstractmethod

import numpy as np

from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.rows import Rows

Ends = tuple[np.ndarray, np.ndarray]


class AbstractScore(ABC):
    """Answers for n rows at L levels."""

    @abstractmethod
    def distances(self, rows: Rows, levels: np.ndarray) -> Ends:
        """How far the targets lie below and above, each (n, L), or (n, 1) where all levels share it."""

    @abstractmethod
    def ends(self, rows: Rows, levels: np.ndarray, reach: np.ndarray) -> Ends:
        """The lower and upper ends (n, L) of the intervals of this `reach` (n, L), in transformed units."""


class Absolute(AbstractScore):
    """|target - mean|: one width for all runs (Lei et al. 2018, J. Am. Stat. Assoc. 113, 1094, section 2.2)."""

    def distances(self, rows, levels):
        residual = (rows.target - rows.mean)[:, None]
        return -residual, residual

    def ends(self, rows, levels, reach):
        return rows.mean[:, None] - reach, rows.mean[:, None] + reach


class Normalized(AbstractScore):
    """The same over the predicted standard deviation: widths follow it (the same, section 5.2)."""

    def distances(self, rows, levels):
        residual = ((rows.target - rows.mean) / rows.standard_deviation)[:, None]
        return -residual, residual

    def ends(self, rows, levels, reach):
        half = rows.standard_deviation[:, None] * reach
        return rows.mean[:, None] - half, rows.mean[:, None] + half


class Distributional(AbstractScore):
    """|normal score|: the ends are quantiles of the predicted distribution, equally far out on both sides.

    Source: Chernozhukov, Wuethrich & Zhu 2021 (Proc. Natl. Acad. Sci. 118, e2107794118), whose |PIT - 1/2| orders runs
    alike. Of a Gaussian it is `Normalized`.
    """

    def distances(self, rows, levels):
        score = rows.normal_score[:, None]
        return -score, score

    def ends(self, rows, levels, reach):
        return rows.value_at(-reach), rows.value_at(reach)


class Quantile(AbstractScore):
    """How far outside the predicted interval of the same level: its ends are moved by one amount for all runs.

    Source: Romano, Patterson & Candes 2019 (Adv. Neural Inf. Process. Syst. 32, 3543), eq. 6. Moved inwards by more
    than half its width an interval is empty.
    """

    def distances(self, rows, levels):
        lower, upper = self.ends(rows, levels, np.zeros(len(levels)))
        target = rows.target[:, None]
        return lower - target, target - upper

    def ends(self, rows, levels, reach):
        half = half_width(levels)[None, :]
        return rows.value_at(-half) - reach, rows.value_at(half) + reach
