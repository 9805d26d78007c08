"""Treatments of a predictive distribution: as it is, its shape mended, or conformal intervals of several scores.

Widths are told in normal scores, the standard normal's quantiles of predicted probabilities: whatever the distribution,
its central interval of probability p reaches from minus to plus the normal's. Of a Gaussian they are standard
deviations.

The same rows judge all but one, so that they can be compared: the calibration role and the first replicate of
each point of the noise role, both predicted by the fit on all training blocks, which saw neither. What treats a
row has not seen it: the calibration role is taken in ten parts by design point, each treated with what the other
nine say, and all other roles are treated with all of the calibration role: those of the sealed set too.

What recalibrates and is recalibrated in turn is not independent any more: what perfect predictions would show is
simulated in the same way (`nbody_emulator.evaluation.nulls`).

CV+ intervals are set by the training role, each run of which the fits of the cross-validation predict without its fold,
and by what these fits say of the judged rows: no run is set aside for them.

Beside them stands the predictive distribution as it is on the training role, out of fold: more rows, and those
of all other scores, but predicted by fits on fewer runs.

The calibration role gives one row a design point, so that its rows are exchangeable.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

import numpy as np

from nbody_emulator.evaluation.conformal import conformal_quantiles, coverage_variance
from nbody_emulator.evaluation.conformal_scores import (
    Absolute,
    AbstractScore,
    Distributional,
    Normalized,
    Quantile,
)
from nbody_emulator.evaluation.cross_fitting import CrossFitting, cross_fitting
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.nulls import Conformal, Independent, Null, Recalibrated, SetBefore
from nbody_emulator.evaluation.rows import Rows, Runs, SomeRuns, SurvivingRuns
from nbody_emulator.identity.seen_points import TRAINING_ROLE

JUDGED_ROLES = ("calibration", "noise")


@dataclass(frozen=True)
class Treated(ABC):
    """Runs with the regions that a treatment gives them, of one output or of all.

    Attributes:
        rows: n runs, as predicted.
        null: what perfect predictions would show in rows that were made so.
    """

    rows: Runs
    null: Null

    @abstractmethod
    def covered(self, levels: np.ndarray) -> np.ndarray:
        """Which regions hold their target, (n, L)."""


@dataclass(frozen=True)
class TreatedOutput(Treated):
    """Rows with the intervals that a treatment gives to one output."""

    rows: Rows

    @abstractmethod
    def sides(self, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which targets lie below, and which above their interval, each (n, L); never both."""

    @abstractmethod
    def widths(self, levels: np.ndarray) -> np.ndarray:
        """Full widths of the intervals (n, L), in transformed units; may be infinite for conformal."""

    def covered(self, levels):
        below, above = self.sides(levels)
        return ~(below | above)


@dataclass(frozen=True)
class TreatedDistribution(TreatedOutput):
    """With whole distributions, whose central intervals these are.

    Attributes:
        z: the rows' normal scores as treated, (n,).
        predicted: from such normal scores (L,) to the family's own, (n, L) or (1, L).
    """

    z: np.ndarray
    predicted: Callable[[np.ndarray], np.ndarray]

    def sides(self, levels):
        half = half_width(levels)
        return self.z[:, None] < -half, self.z[:, None] > half

    def widths(self, levels):
        half = half_width(levels)
        return self.rows.value_at(self.predicted(half)) - self.rows.value_at(self.predicted(-half))


@dataclass(frozen=True)
class TreatedIntervals(TreatedOutput):
    """With conformal intervals of a score, which promise nothing of either side alone."""

    score: AbstractScore
    fitting: CrossFitting

    def sides(self, levels):
        below, above = self.score.distances(self.rows, levels)
        outside = np.maximum(below, above) > self._reach(levels)
        return outside & (below > above), outside & (below <= above)

    def widths(self, levels):
        lower, upper = self.score.ends(self.rows, levels, self._reach(levels))
        return np.maximum(upper - lower, 0.0)

    def _reach(self, levels: np.ndarray) -> np.ndarray:
        return self.fitting.reach(np.maximum(*self.score.distances(self.rows, levels)), levels)


@dataclass(frozen=True)
class TreatedWithEnds(TreatedOutput):
    """With intervals that are given by their ends.

    Attributes:
        ends: from levels (L,) to lower and upper ends, each (n, L), in transformed units.
    """

    ends: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

    def sides(self, levels):
        lower, upper = self.ends(levels)
        return self.rows.target[:, None] < lower, self.rows.target[:, None] > upper

    def widths(self, levels):
        lower, upper = self.ends(levels)
        return upper - lower


@dataclass(frozen=True)
class TreatedRegions(Treated):
    """Whole runs with joint regions of highest predicted density, each as large as its treatment says.

    Attributes:
        predicted: from levels (L,) to the predicted probability of the regions, (n, L) or (1, L).
    """

    rows: SurvivingRuns
    predicted: Callable[[np.ndarray], np.ndarray]

    def covered(self, levels):
        return self.rows.hpd_level[:, None] <= self.predicted(levels)


def as_predicted(rows: Rows, seed: int) -> TreatedDistribution:
    """The predictive distribution as the family gives it."""
    null = Independent(len(rows), seed)
    return TreatedDistribution(rows, null, rows.normal_score, lambda scores: scores[None, :])


def recalibrated(rows: Rows, seed: int) -> TreatedDistribution:
    """Its probabilities mapped so that those of the calibration role are uniform: see `quantile_map`."""
    fitting = cross_fitting(rows.role, rows.group, seed)

    def predicted(scores: np.ndarray) -> np.ndarray:
        found = np.empty((len(rows), len(scores)))
        for places, quantile_map in fitting.maps(rows.normal_score):
            found[places] = quantile_map.inverse(scores)
        return found

    return TreatedDistribution(
        rows, Recalibrated(fitting, seed), fitting.recalibrated(rows.normal_score), predicted
    )


def conformal(rows: Rows, seed: int, score: AbstractScore) -> TreatedIntervals:
    """Split conformal intervals of a score."""
    fitting = cross_fitting(rows.role, rows.group, seed)
    return TreatedIntervals(rows, Conformal(fitting, seed), score, fitting)


def cross_validation_plus(rows: Rows, seed: int) -> TreatedWithEnds:
    """CV+ intervals of the rows outside the training role, set by those inside.

    Each training run offers two ends: what the fit that held it out says of the judged row, less and plus the absolute
    residual of the run by that same fit. They hold at least 2 level - 1, whatever the fits are, and where fits are
    stable about the level. Source: Barber, Candes, Ramdas & Tibshirani 2021 (Ann. Stat. 49, 486), section 3.
    """
    is_setting = rows.role == TRAINING_ROLE
    setting, judged = rows.select(is_setting), rows.select(~is_setting)
    center, residual = judged.fold_mean[:, setting.fold.astype(int)], np.abs(setting.target - setting.mean)

    def ends(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lower = -conformal_quantiles(residual - center, levels)
        upper = conformal_quantiles(residual + center, levels)
        # Of low levels, where fits differ by more than they are off, they cross: an interval is a point then.
        with np.errstate(invalid="ignore"):  # of infinite ends, which do not cross
            middle = np.where(lower > upper, 0.5 * (lower + upper), np.nan)
        return np.fmin(lower, middle), np.fmax(upper, middle)

    return TreatedWithEnds(judged, SetBefore(len(setting), len(judged), seed), ends)


def regions_as_predicted(runs: SurvivingRuns, seed: int) -> TreatedRegions:
    """The joint regions of highest density as the family gives them."""
    return TreatedRegions(runs, Independent(len(runs), seed), lambda levels: levels[None, :])


def conformal_regions(runs: SurvivingRuns, seed: int) -> TreatedRegions:
    """Those whose predicted probability is a conformal quantile of what the calibration role would have needed.

    Source: Izbicki, Shimizu & Stern 2022 (J. Mach. Learn. Res. 23, 87), section 4: HPD-split.
    """
    fitting = cross_fitting(runs.role, runs.group, seed)

    def predicted(levels: np.ndarray) -> np.ndarray:
        return fitting.reach(runs.hpd_level[:, None], levels)

    return TreatedRegions(runs, Conformal(fitting, seed), predicted)


@dataclass(frozen=True)
class Treatment(Generic[SomeRuns]):
    """A way to make intervals.

    Attributes:
        treat: (rows, seed) -> Treated.
        roles: of the rows that judge it before the sealed set is opened.
        set_by: the role that sets it, if any, whose scatter is then in what it shows elsewhere.
    """

    treat: Callable[[SomeRuns, int], Any]
    roles: tuple[str, ...] = JUDGED_ROLES
    set_by: str | None = "calibration"

    @property
    def needed_roles(self) -> tuple[str, ...]:
        """Of all rows that it treats or is set by."""
        return self.roles if self.set_by in (None, *self.roles) else (*self.roles, str(self.set_by))

    @property
    def is_out_of_fold(self) -> bool:
        """Whether it is judged on the training role."""
        return TRAINING_ROLE in self.roles

    def variance(self, count: int, level: float) -> float:
        """Of its coverage over setting roles of `count` points: exact for split conformal, nearly for the others."""
        return coverage_variance(count, level) if self.set_by else 0.0


TREATMENTS: Mapping[str, Treatment[Rows]] = {
    "raw": Treatment(as_predicted, set_by=None),
    "recalibrated": Treatment(recalibrated),
    "split_conformal": Treatment(partial(conformal, score=Absolute())),
    "normalized_conformal": Treatment(partial(conformal, score=Normalized())),
    "distributional_conformal": Treatment(partial(conformal, score=Distributional())),
    "quantile_conformal": Treatment(partial(conformal, score=Quantile())),
    "cv_plus": Treatment(cross_validation_plus, set_by=TRAINING_ROLE),
    "raw_out_of_fold": Treatment(as_predicted, (TRAINING_ROLE,), set_by=None),
}
"""Of one output."""

REGION_TREATMENTS: Mapping[str, Treatment[SurvivingRuns]] = {
    "raw": Treatment(regions_as_predicted, set_by=None),
    "hpd_conformal": Treatment(conformal_regions),
    "raw_out_of_fold": Treatment(regions_as_predicted, (TRAINING_ROLE,), set_by=None),
}
"""Of all outputs of a run together."""
