"""The noise: how far runs of one design point scatter, for other stars were drawn, and its share of all variance."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.parameter_columns import run_parameters
from nbody_emulator.evaluation.rows import outputs_of, rows_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import freedom_of_moves, interval, root_of_moves
from nbody_emulator.settings.protocol import Protocol


@dataclass(frozen=True)
class Points:
    """Replicates summed up by design point, in order of first appearance; all arrays (J,)."""

    labels: np.ndarray
    replicates: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class PooledNoise:
    """Pooled replicate variance.

    Attributes:
        variance, standard_error: the estimate.
        degrees_of_freedom: replicates beyond the first of each point, behind the variance.
        error_freedom: degrees of freedom behind the standard error itself, few where few points make most of it.
        influence: (n,) or None. Where the variance is set beside an error of the very same n rows: to first order
            it varies as the mean of these does. None where it comes from other runs.
    """

    variance: float
    standard_error: float
    degrees_of_freedom: int
    error_freedom: float = float("inf")
    influence: np.ndarray | None = None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, laid on the logarithm: squares have long upper tails."""
        return interval(self.variance, self.standard_error, self.error_freedom, positive=True)


def points_of(values: np.ndarray, groups: np.ndarray) -> Points:
    """Mean and unbiased variance of each group's existing `values` (n,); NaN variance for one replicate."""
    exists = np.isfinite(values)
    index, labels = pd.factorize(groups[exists])
    replicates = np.bincount(index)
    mean = np.bincount(index, values[exists]) / np.maximum(replicates, 1)
    squares = np.bincount(index, (values[exists] - mean[index]) ** 2)
    variance = np.divide(squares, replicates - 1, out=np.full(len(mean), np.nan), where=replicates > 1)
    return Points(np.asarray(labels), replicates, mean, variance)


def pooled_noise(values: np.ndarray, groups: np.ndarray) -> PooledNoise:
    """sigma^2 = sum (R_j - 1) s_j^2 / sum (R_j - 1): unbiased for the noise averaged over the design.

    The standard error is taken from the scatter of the s_j^2 themselves, so that heavy tails and a noise
    that changes over the box are in it; chi^2's sqrt(2 / dof) assumes neither. With one point, chi^2.
    """
    points = points_of(values, groups)
    several = points.replicates > 1
    freedom = points.replicates[several] - 1
    total = int(freedom.sum())
    if total == 0:
        return PooledNoise(float("nan"), float("nan"), 0)
    weights = freedom / total
    variances = points.variance[several]
    pooled = float(weights @ variances)
    if len(variances) == 1:
        return PooledNoise(pooled, pooled * np.sqrt(2 / total), total, total)
    moves = weights * (variances - pooled)
    return PooledNoise(pooled, root_of_moves(moves), total, freedom_of_moves(moves))


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


def variance_with_error(values: np.ndarray) -> tuple[float, float]:
    """Unbiased variance of the existing `values` (n,) and its standard error s^2 sqrt((kurtosis - 1) / n)."""
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return float("nan"), float("nan")
    deviations = values - values.mean()
    variance = float(np.var(values, ddof=1))
    fourth = np.mean(deviations**4) - np.mean(deviations**2) ** 2
    return variance, float(np.sqrt(fourth / len(values)))


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Noise by output, pooled ("all") and at each design point of the noise set.

    The total variance is that of the training set's targets: the same prior, and the spread that all scores
    refer to. Columns: output, group, noise_variance, standard_error, lower, upper (95 %), degrees_of_freedom,
    total_variance, share, share_standard_error, share_lower, share_upper, parameters; in squared transformed
    units. Intervals are laid on the logarithm. Points with fewer than two
    existing replicates stand with 0 degrees of freedom and no variance.
    """
    dataset = sources.one("dataset")
    usable = dataset["usable"].values.astype(bool)
    role = text_or_number(dataset["role"])
    noise_runs = dataset.isel(run=usable & (role == "noise"))
    training = dataset.isel(run=usable & (role == "training"))
    groups = text_or_number(noise_runs["group"])
    inputs = run_parameters(noise_runs)
    inputs = inputs.assign(group=groups).drop_duplicates("group").set_index("group")

    tables = []
    for output in outputs_of(dataset):
        values = noise_runs["target"].sel(output=output).values
        total = variance_with_error(training["target"].sel(output=output).values)
        rows = pd.DataFrame(
            [_pooled_row(values, groups, total), *_point_rows(values, groups, inputs.index, total)]
        )
        rows.insert(0, "output", output)
        tables.append(rows.join(inputs, on="group"))
    return pd.concat(tables, ignore_index=True)


def _pooled_row(values, groups, total) -> dict:
    return _row("all", pooled_noise(values, groups), total)


def _point_rows(values, groups, labels, total) -> list[dict]:
    points = points_of(values, groups)
    by_point = zip(points.variance, points.replicates - 1, strict=True)
    found = dict(zip(points.labels, by_point, strict=True))
    rows = []
    for label in labels:
        variance, freedom = found.get(label, (float("nan"), 0))
        # One point has too few replicates to see its own tails: only here noise is taken as Gaussian.
        error = variance * np.sqrt(2 / freedom) if freedom > 0 else float("nan")
        rows.append(_row(label, PooledNoise(variance, error, max(int(freedom), 0), freedom), total))
    return rows


def _row(group, noise: PooledNoise, total) -> dict:
    total_variance, total_error = total
    # An output that is the same in every training run has no variance to share.
    per_variance = 1 / total_variance if total_variance > 0 else float("nan")
    share = noise.variance * per_variance
    # The noise set and the training set share no run, so that the two errors add in squares.
    share_error = np.hypot(noise.standard_error, share * total_error) * per_variance
    lower, upper = noise.interval
    share_lower, share_upper = interval(share, share_error, noise.error_freedom, positive=True)
    return {
        "group": group,
        "noise_variance": noise.variance,
        "standard_error": noise.standard_error,
        "lower": lower,
        "upper": upper,
        "degrees_of_freedom": noise.degrees_of_freedom,
        "total_variance": total_variance,
        "share": share,
        "share_standard_error": share_error,
        "share_lower": share_lower,
        "share_upper": share_upper,
    }
