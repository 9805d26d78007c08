"""Three treatments of a predictive distribution: as it is, its width rescaled, or conformal intervals.

Widths are told in normal scores, the standard normal's quantiles of predicted probabilities: whatever the distribution,
its central interval of probability p reaches from minus to plus the normal's. Of a Gaussian they are standard
deviations.

The same rows judge all three, so that they can be compared: the calibration role and the first replicate of
each point of the noise role, both predicted by the fit on all training blocks, which saw neither. What treats a
row has not seen it: the calibration role is taken in ten parts by design point, each treated with what the other
nine say, and the noise role is treated with all of the calibration role.

What recalibrates and is recalibrated in turn is not independent any more: what perfect predictions would show is
simulated in the same way (`nbody_emulator.evaluation.nulls`).

Beside them stands the predictive distribution as it is on the training role, out of fold: more rows, and those
of all other scores, but predicted by fits on fewer runs.

The calibration role gives one row a design point, so that its rows are exchangeable.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.cross_fitting import CrossFitting, cross_fitting
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.nulls import CrossFitted, Independent, Null
from nbody_emulator.evaluation.rows import Rows, first_of_groups, rows_of
from nbody_emulator.identity.seen_points import TRAINING_ROLE


@dataclass(frozen=True)
class Treated:
    """Rows with the intervals a treatment gives them.

    Attributes:
        rows: n rows, as predicted.
        factor: on their widths, (n,) or one for all.
        multipliers: from levels (L,) to half-widths of central intervals, in normal scores so treated, (n, L) or
            (1, L).
        is_distribution: whether the treatment is a whole distribution, so that z and PIT mean something.
        null: what perfect predictions would show in rows that were made so.
    """

    rows: Rows
    factor: np.ndarray | float
    multipliers: Callable[[np.ndarray], np.ndarray]
    is_distribution: bool
    null: Null

    @property
    def z(self) -> np.ndarray:
        """The rows' normal scores as treated, (n,)."""
        return self.rows.normal_score / self.factor

    def covered(self, levels: np.ndarray) -> np.ndarray:
        """Which intervals hold their target, (n, L)."""
        return np.abs(self.z)[:, None] <= self.multipliers(levels)

    def below(self, levels: np.ndarray) -> np.ndarray:
        """Which targets lie below their interval, (n, L)."""
        return self.z[:, None] < -self.multipliers(levels)

    def above(self, levels: np.ndarray) -> np.ndarray:
        """Which targets lie above their interval, (n, L)."""
        return self.z[:, None] > self.multipliers(levels)

    def widths(self, levels: np.ndarray) -> np.ndarray:
        """Full widths of the intervals (n, L), in transformed units; may be infinite for conformal."""
        reach = np.reshape(self.factor, (-1, 1)) * self.multipliers(levels)
        return self.rows.value_at(reach) - self.rows.value_at(-reach)


def raw(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """The predictive distribution as the family gives it."""
    return _as_predicted(_judged(predictions, output), seed)


def raw_out_of_fold(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """The predictive distribution as the family gives it, on the out-of-fold training rows instead."""
    return _as_predicted(rows_of(predictions, output, [TRAINING_ROLE]), seed)


def recalibrated(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """One factor on the width, the most likely one for a Gaussian: the calibration rows' rms normal score."""
    rows = _judged(predictions, output)
    fitting = _fitting(rows, seed)
    null = CrossFitted(fitting, False, seed)
    return Treated(rows, fitting.factors(rows.normal_score), _nominal, is_distribution=True, null=null)


def conformal(predictions: xr.Dataset, output: str, seed: int) -> Treated:
    """Split conformal intervals, scaled by each row's own predicted distribution."""
    rows = _judged(predictions, output)
    fitting = _fitting(rows, seed)
    return Treated(
        rows,
        1.0,
        lambda levels: np.stack(list(fitting.quantiles(rows.normal_score, levels)), axis=-1),
        is_distribution=False,
        null=CrossFitted(fitting, True, seed),
    )


TREATMENTS = {
    "raw": raw,
    "recalibrated": recalibrated,
    "conformal": conformal,
    "raw_out_of_fold": raw_out_of_fold,
}
"""Treatment -> (predictions, output, seed) -> Treated."""


def calibration_scores(predictions: xr.Dataset, output: str) -> np.ndarray:
    """|normal score| of the calibration role, one row a design point, (n,)."""
    return np.abs(first_of_groups(rows_of(predictions, output, ["calibration"])).normal_score)


def factor_with_error(scores: np.ndarray) -> tuple[float, float]:
    """The factor that recalibrates, the rms of the `scores` (n,), and the standard error of its logarithm."""
    if len(scores) < 2:
        return float("nan"), float("nan")
    square = np.mean(scores**2)
    return float(np.sqrt(square)), float(np.std(scores**2, ddof=1) / np.sqrt(len(scores)) / (2 * square))


def _judged(predictions: xr.Dataset, output: str) -> Rows:
    return first_of_groups(rows_of(predictions, output, ["calibration", "noise"]))


def _fitting(rows: Rows, seed: int) -> CrossFitting:
    return cross_fitting(rows.role, rows.group, seed)


def _as_predicted(rows: Rows, seed: int) -> Treated:
    return Treated(rows, 1.0, _nominal, is_distribution=True, null=Independent(len(rows.target), seed))


def _nominal(levels: np.ndarray) -> np.ndarray:
    return half_width(levels)[None, :]
