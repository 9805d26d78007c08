"""Scores of every family on the training role, each row predicted by a fit that never saw its block."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nbody_emulator.evaluation import losses
from nbody_emulator.evaluation.noise import PooledNoise, noise_of
from nbody_emulator.evaluation.rows import Rows, by_family, out_of_fold_mean, rows_of, spread_of
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import mean_of_means, over_folds

UNKNOWN_WITHIN = 2.0
"""Standard errors of the noise variance within which it, or an explainable variance, counts as none."""


@dataclass(frozen=True)
class Estimate:
    """A score, with what its standard error is made of (delta method).

    Attributes:
        value: pooled over all rows.
        influence: (n,); to first order the score varies as the mean of these does.
        other_variance: squared error that comes from elsewhere: the measured noise variance.
    """

    value: float
    influence: np.ndarray
    other_variance: float = 0.0


def estimates(
    rows: Rows, reference: np.ndarray, spread: float, noise: PooledNoise, levels: Sequence[float]
) -> dict[str, Estimate]:
    """Every score of one family at one output.

    mse, rmse, mae are in transformed units, r2 = 1 - MSE / D with D the mean squared distance to `reference`
    (n,), the training mean as a fit without the row would know it; explainable_r2 = 1 - (MSE - s2) / (D - s2)
    with s2 the noise variance, 1 for a perfect mean, NaN where D - s2 is not known to be there at all;
    rmse_over_noise_floor = RMSE / s, 1 for a perfect mean too, NaN where s2 is not known to be there.
    nll [nats] and crps are those of target / spread.
    Nothing is clipped: an explainable_r2 above 1 or below 0 is an estimate with an error.
    """
    squared = (rows.target - rows.mean) ** 2
    distance = (rows.target - reference) ** 2
    mse, total = squared.mean(), distance.mean()
    prediction = (rows.target, rows.mean, rows.standard_deviation, spread)
    return {
        "mse": mean_estimate(squared),
        "rmse": Estimate(np.sqrt(mse), squared / (2 * np.sqrt(mse))),
        "mae": mean_estimate(np.abs(rows.target - rows.mean)),
        "r2": _explained(squared, distance, mse, total, PooledNoise(0.0, 0.0, 0)),
        "explainable_r2": _explained(squared, distance, mse, total, noise),
        "rmse_over_noise_floor": _over_noise_floor(squared, noise),
        "nll": mean_estimate(losses.negative_log_likelihood(*prediction)),
        "crps": mean_estimate(losses.continuous_ranked_probability_score(*prediction)),
        **{losses.coverage_name(level): mean_estimate(losses.covered(rows.z, level)) for level in levels},
    }


def mean_estimate(values: np.ndarray) -> Estimate:
    """A plain mean of `values` (n,)."""
    return Estimate(values.mean(), values)


def _explained(squared, distance, mse, total, noise: PooledNoise) -> Estimate:
    """1 - (A - s) / (D - s) and its derivatives with respect to A, D and s."""
    explainable, excess = total - noise.variance, mse - noise.variance
    if explainable <= UNKNOWN_WITHIN * noise.standard_error:
        return Estimate(np.nan, np.full(len(squared), np.nan))
    influence = -squared / explainable + excess * distance / explainable**2
    by_noise = (total - mse) / explainable**2
    return Estimate(1 - excess / explainable, influence, (by_noise * noise.standard_error) ** 2)


def _over_noise_floor(squared: np.ndarray, noise: PooledNoise) -> Estimate:
    """sqrt(A / s) and its derivatives with respect to A, the mean of `squared`, and s."""
    # Written so that an unknown noise, NaN, counts as none.
    if not noise.variance > UNKNOWN_WITHIN * noise.standard_error:
        return Estimate(np.nan, np.full(len(squared), np.nan))
    ratio = np.sqrt(squared.mean() / noise.variance)
    influence = squared / (2 * ratio * noise.variance)
    return Estimate(ratio, influence, (ratio / (2 * noise.variance) * noise.standard_error) ** 2)


def make(sources: Sources, specification: dict) -> pd.DataFrame:
    """Scores by family, output and metric: family, output, metric, value, standard_error.

    Headlines pool all out-of-fold rows; standard errors are Nadeau-Bengio's over the folds (of the influence
    values for rmse and the r2s), with the noise variance's own error added. Rows whose run is unusable or
    whose output does not exist are left out; the table `energy` names them. The output "all" is the mean
    over outputs of nll and crps; its nll is the primary endpoint.
    """
    families = by_family(sources.predictions, specification["families"])
    rows = []
    for family, predictions in families.items():
        pooled = {"nll": [], "crps": []}
        for output in sorted(specification["outputs"]):
            scored = rows_of(predictions, output, ["training"])
            found = estimates(
                scored,
                out_of_fold_mean(scored),
                spread_of(predictions, output),
                noise_of(predictions, output),
                specification["levels"],
            )
            for metric, estimate in found.items():
                error = np.hypot(
                    over_folds(estimate.influence, scored.fold), np.sqrt(estimate.other_variance)
                )
                rows.append((family, output, metric, estimate.value, error))
            for metric in pooled:
                pooled[metric].append((found[metric].influence, scored.fold))
        rows += [(family, "all", metric, *_mean_over_outputs(parts)) for metric, parts in pooled.items()]
    return pd.DataFrame(rows, columns=["family", "output", "metric", "value", "standard_error"])


def _mean_over_outputs(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Mean over outputs of the mean over rows and its standard error, from (losses, folds) of each output."""
    folds = np.concatenate([fold for _, fold in parts])
    values = np.zeros((len(folds), len(parts)))
    present = np.zeros(values.shape, dtype=bool)
    start = 0
    for column, (losses_of_output, _) in enumerate(parts):
        stop = start + len(losses_of_output)
        values[start:stop, column] = losses_of_output
        present[start:stop, column] = True
        start = stop
    return mean_of_means(values, present), over_folds(values, folds, present)
