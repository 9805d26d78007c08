"""A variance pooled over design points, with an error that knows that only points are independent."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.estimate import with_interval
from nbody_emulator.evaluation.rows import rows_of
from nbody_emulator.evaluation.standard_errors import (
    freedom_of_moves,
    freedom_of_sum,
    interval,
    root_of_moves,
)


@dataclass(frozen=True)
class Points:
    """Replicates summed up by design point, in order of first appearance; all arrays (J,)."""

    labels: np.ndarray
    replicates: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class PooledNoise:
    """A variance pooled over design points, or the difference of two.

    Attributes:
        variance, standard_error: the estimate.
        degrees_of_freedom: runs beyond the first of each group, behind the variance.
        error_freedom: degrees of freedom behind the standard error itself, few where few points make most of it.
        influence: (n,) or None. Where the variance is set beside an error of the very same n rows: to first order
            it varies as the mean of these does. None where it comes from other runs.
        positive: whether it cannot be negative; a difference can, and is never clipped.
    """

    variance: float
    standard_error: float
    degrees_of_freedom: int
    error_freedom: float = float("inf")
    influence: np.ndarray | None = None
    positive: bool = True

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, laid on the logarithm if positive: squares have long upper tails."""
        return interval(self.variance, self.standard_error, self.error_freedom, self.positive)

    def less(self, other: "PooledNoise") -> "PooledNoise":
        """This variance less another from other runs, so that their errors add in squares."""
        errors = np.array([self.standard_error, other.standard_error])
        freedoms = np.array([self.error_freedom, other.error_freedom])
        return PooledNoise(
            self.variance - other.variance,
            float(np.hypot(*errors)),
            self.degrees_of_freedom + other.degrees_of_freedom,
            freedom_of_sum(errors, freedoms),
            positive=False,
        )


def points_of(values: np.ndarray, groups: np.ndarray) -> Points:
    """Mean and unbiased variance of each group's existing `values` (n,); NaN variance for one run."""
    exists = np.isfinite(values)
    index, labels = pd.factorize(groups[exists])
    replicates = np.bincount(index)
    mean = np.bincount(index, values[exists]) / np.maximum(replicates, 1)
    squares = np.bincount(index, (values[exists] - mean[index]) ** 2)
    variance = np.divide(squares, replicates - 1, out=np.full(len(mean), np.nan), where=replicates > 1)
    return Points(np.asarray(labels), replicates, mean, variance)


def pooled_noise(values: np.ndarray, groups: np.ndarray, points: np.ndarray | None = None) -> PooledNoise:
    """sigma^2 = sum (R_j - 1) s_j^2 / sum (R_j - 1) over groups j: unbiased for the noise averaged over the design.

    The standard error is taken from the scatter of the variances of the points themselves, so that heavy tails and a
    noise that changes over the box are in it; chi^2's sqrt(2 / dof) assumes neither. With one point, chi^2.

    Args:
        values: (n,), NaN where there is none.
        groups: (n,) what runs share whose scatter is meant: their design point, or their stars.
        points: (n,) their design points where several groups lie at one: only points are independent. The groups of
            one may be named as those of another.
    """
    exists = np.isfinite(values)
    index = place = pd.factorize(groups[exists])[0]
    if points is not None:
        place = pd.factorize(points[exists])[0]
        index = np.unique(np.stack([place, index], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    mean = np.bincount(index, values[exists]) / np.bincount(index)
    squares = np.bincount(place, (values[exists] - mean[index]) ** 2)
    of_groups = place[np.unique(index, return_index=True)[1]]
    freedom = np.bincount(place) - np.bincount(of_groups)
    squares, freedom = squares[freedom > 0], freedom[freedom > 0]
    total = int(freedom.sum())
    if total == 0:
        return PooledNoise(float("nan"), float("nan"), 0)
    weights, variances = freedom / total, squares / freedom
    pooled = float(weights @ variances)
    if len(variances) == 1:
        return PooledNoise(pooled, pooled * np.sqrt(2 / total), total, total)
    moves = weights * (variances - pooled)
    return PooledNoise(pooled, root_of_moves(moves), total, freedom_of_moves(moves))


def share_of(part: PooledNoise, whole: PooledNoise) -> dict[str, float]:
    """What share of one variance another is: value, standard_error, lower and upper (95 %).

    The two come from other runs, mostly at other points of the same prior, so that their errors are independent (delta
    method). A ratio at the same points would lose what both have in common where the noise changes over the box, but
    the draw of stars had to be measured at each of them: by as many runs again as the noise set has.
    """
    # An output that is the same in every run has no variance to share.
    per_whole = 1 / whole.variance if whole.variance > 0 else float("nan")
    share = part.variance * per_whole
    errors = per_whole * np.array([part.standard_error, share * whole.standard_error])
    freedom = freedom_of_sum(errors, np.array([part.error_freedom, whole.error_freedom]))
    return with_interval(share, float(np.hypot(*errors)), freedom, part.positive)


def noise_of_same(values: np.ndarray, groups: np.ndarray) -> PooledNoise:
    """The noise of the very runs (n,) whose error it is set beside, with how each of them moves it."""
    noise = pooled_noise(values, groups)
    index = np.unique(groups, return_inverse=True)[1]
    replicates = np.bincount(index)
    mean = np.bincount(index, values) / replicates
    moves = (values - mean[index]) ** 2 - noise.variance * (1 - 1 / replicates[index])
    return replace(noise, influence=len(moves) / max(noise.degrees_of_freedom, 1) * moves)


def noise_of(predictions: xr.Dataset, output: str) -> PooledNoise:
    """The noise variance of one output, from the targets of the noise role's replicates."""
    rows = rows_of(predictions, output, ["noise"])
    return pooled_noise(rows.target, rows.group)


def total_variance(values: np.ndarray) -> PooledNoise:
    """Unbiased variance of the existing `values` (n,) and its standard error s^2 sqrt((kurtosis - 1) / n)."""
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return PooledNoise(float("nan"), float("nan"), 0)
    deviations = values - values.mean()
    variance = float(np.var(values, ddof=1))
    fourth = np.mean(deviations**4) - np.mean(deviations**2) ** 2
    return PooledNoise(variance, float(np.sqrt(fourth / len(values))), len(values) - 1)
