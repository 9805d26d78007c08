"""Three treatments of a predictive distribution: as it is, its width rescaled, or conformal intervals.

The same rows judge all three, so that they can be compared: the calibration role and the first replicate of
each point of the noise role, both predicted by the fit on all training blocks, which saw neither. What treats a
row has not seen it: the calibration role is taken in ten parts by design point, each treated with what the other
nine say, and the noise role is treated with all of the calibration role.

Beside them stands the predictive distribution as it is on the training role, out of fold: more rows, and those
of all other scores, but predicted by fits on fewer runs.

The calibration role gives one row a design point, so that its rows are exchangeable.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.conformal import conformal_quantiles
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.rows import Rows, first_of_groups, rows_of
from nbody_emulator.seen import TRAINING_ROLE
from nbody_emulator.streams import generator

PARTS = 10


@dataclass(frozen=True)
class Treated:
    """Rows with the intervals a treatment gives them.

    Attributes:
        rows: n rows, their standard deviations as treated.
        multipliers: from levels (L,) to half-widths of central intervals, in those standard deviations,
            (n, L) or (1, L).
        gaussian: whether the treatment is a whole distribution, so that z and PIT mean something.
    """

    rows: Rows
    multipliers: Callable[[np.ndarray], np.ndarray]
    gaussian: bool

    def covered(self, levels: np.ndarray) -> np.ndarray:
        """Which intervals hold their target, (n, L)."""
        return np.abs(self.rows.z)[:, None] <= self.multipliers(levels)

    def widths(self, levels: np.ndarray) -> np.ndarray:
        """Full widths of the intervals in transformed units, (n, L); may be infinite for conformal."""
        return 2 * self.rows.standard_deviation[:, None] * self.multipliers(levels)


def raw(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """The predictive distribution as the family gives it."""
    del seed
    return _gaussian(_judged(predictions, output))


def raw_out_of_fold(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """The predictive distribution as the family gives it, on the out-of-fold training rows instead."""
    del seed
    return _gaussian(rows_of(predictions, output, [TRAINING_ROLE]))


def recalibrated(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """One factor on the standard deviation, its most likely value: the calibration rows' rms z."""
    judged = _cross_fitted(predictions, output, seed)
    factors = judged.by_row(lambda scores: np.sqrt(np.mean(scores**2)))
    return _gaussian(replace(judged.rows, standard_deviation=judged.rows.standard_deviation * factors))


def conformal(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """Split conformal intervals, scaled by each row's own predicted standard deviation."""
    judged = _cross_fitted(predictions, output, seed)
    return Treated(
        judged.rows,
        lambda levels: judged.by_row(lambda scores: conformal_quantiles(scores, levels)),
        gaussian=False,
    )


TREATMENTS = {
    "raw": raw,
    "recalibrated": recalibrated,
    "conformal": conformal,
    "raw_out_of_fold": raw_out_of_fold,
}
"""Treatment -> (predictions, output, seed) -> Treated."""


def calibration_scores(predictions: xr.Dataset, output: str) -> np.ndarray:
    """|z| of the calibration role, one row a design point, (n,)."""
    return np.abs(first_of_groups(rows_of(predictions, output, ["calibration"])).z)


def calibration_parts(groups: np.ndarray, seed: int) -> np.ndarray:
    """The part, 0 to at most 9, of each row (n,); rows of one design point are never parted."""
    labels, index = np.unique(groups, return_inverse=True)
    shuffled = generator(seed, "calibration", "parts").permutation(len(labels))
    return (shuffled % PARTS)[index]


@dataclass(frozen=True)
class _CrossFitted:
    """Judged rows with the part each lies in (-1: in none), and calibration scores with theirs."""

    rows: Rows
    row_part: np.ndarray
    scores: np.ndarray
    score_part: np.ndarray

    def by_row(self, statistic: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """For each row the `statistic` of the scores outside its own part, (n, ...)."""
        parts, place = np.unique(self.row_part, return_inverse=True)
        return np.array([statistic(self.scores[self.score_part != part]) for part in parts])[place]


def _judged(predictions: xr.Dataset, output: str) -> Rows:
    return first_of_groups(rows_of(predictions, output, ["calibration", "noise"]))


def _cross_fitted(predictions: xr.Dataset, output: str, seed: int) -> _CrossFitted:
    rows = _judged(predictions, output)
    calibrating = rows.role == "calibration"
    parts = calibration_parts(rows.group[calibrating], seed)
    row_part = np.full(len(rows.target), -1)
    row_part[calibrating] = parts
    return _CrossFitted(rows, row_part, np.abs(rows.z[calibrating]), parts)


def _gaussian(rows: Rows) -> Treated:
    return Treated(rows, lambda levels: half_width(levels)[None, :], gaussian=True)
