"""The irreducible noise: how far runs of one design point scatter, and its share of all variance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.parameter_columns import run_parameters
from nbody_emulator.evaluation.rows import rows_of, text_or_number
from nbody_emulator.evaluation.sources import Sources


@dataclass(frozen=True)
class Points:
    """Replicates summed up by design point, in order of first appearance; all arrays (J,)."""

    labels: np.ndarray
    replicates: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class PooledNoise:
    """Pooled replicate variance, its standard error, and the degrees of freedom behind it."""

    variance: float
    standard_error: float
    degrees_of_freedom: int


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
    count = len(variances)
    if count == 1:
        return PooledNoise(pooled, pooled * np.sqrt(2 / total), total)
    scatter = count / (count - 1) * np.sum((weights * (variances - pooled)) ** 2)
    return PooledNoise(pooled, float(np.sqrt(scatter)), total)


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


def make(sources: Sources, specification: dict) -> pd.DataFrame:
    """Noise by output, pooled ("all") and at each design point of the noise set.

    The total variance is that of the training set's targets: the same prior, and the spread that all scores
    refer to. Columns: output, group, noise_variance, standard_error, degrees_of_freedom, total_variance,
    share, share_standard_error, parameters; in squared transformed units. Points with fewer than two
    existing replicates stand with 0 degrees of freedom and no variance.
    """
    dataset = sources.dataset
    usable = dataset["usable"].values.astype(bool)
    role = text_or_number(dataset["role"])
    noise_runs = dataset.isel(run=usable & (role == "noise"))
    training = dataset.isel(run=usable & (role == "training"))
    groups = text_or_number(noise_runs["group"])
    inputs = run_parameters(noise_runs, specification)
    inputs = inputs.assign(group=groups).drop_duplicates("group").set_index("group")

    tables = []
    for output in sorted(specification["outputs"]):
        values = noise_runs["target"].sel(output=output).values
        total = variance_with_error(training["target"].sel(output=output).values)
        rows = pd.DataFrame(
            [_pooled_row(values, groups, total), *_point_rows(values, groups, inputs.index, total)]
        )
        rows.insert(0, "output", output)
        tables.append(rows.join(inputs, on="group"))
    return pd.concat(tables, ignore_index=True)


def _pooled_row(values, groups, total) -> dict:
    pooled = pooled_noise(values, groups)
    return _row("all", pooled.variance, pooled.standard_error, pooled.degrees_of_freedom, total)


def _point_rows(values, groups, labels, total) -> list[dict]:
    points = points_of(values, groups)
    by_point = zip(points.variance, points.replicates - 1, strict=True)
    found = dict(zip(points.labels, by_point, strict=True))
    rows = []
    for label in labels:
        variance, freedom = found.get(label, (float("nan"), 0))
        # One point has too few replicates to see its own tails: only here noise is taken as Gaussian.
        error = variance * np.sqrt(2 / freedom) if freedom > 0 else float("nan")
        rows.append(_row(label, variance, error, max(int(freedom), 0), total))
    return rows


def _row(group, variance, error, freedom, total) -> dict:
    total_variance, total_error = total
    share = variance / total_variance
    return {
        "group": group,
        "noise_variance": variance,
        "standard_error": error,
        "degrees_of_freedom": freedom,
        "total_variance": total_variance,
        "share": share,
        # The noise set and the training set share no run, so that the two errors add in squares.
        "share_standard_error": np.hypot(error, share * total_error) / total_variance,
    }
