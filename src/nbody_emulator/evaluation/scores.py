"""Scores of every family on the training role, each row predicted by a fit that never saw its block."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nbody_emulator.evaluation import against_noise, losses
from nbody_emulator.evaluation.estimate import Estimate, mean_estimate, with_interval
from nbody_emulator.evaluation.pooled_noise import PooledNoise, noise_of
from nbody_emulator.evaluation.rows import Rows, by_family, out_of_fold_mean, outputs_of, rows_of, spread_of
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import fold_count, mean_of_means, over_folds
from nbody_emulator.evaluation.whole_runs import whole_runs
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Protocol

COLUMNS = ["value", "standard_error", "lower", "upper"]


def estimates(
    rows: Rows, reference: np.ndarray, spread: float, noise: PooledNoise, levels: Sequence[float]
) -> dict[str, Estimate]:
    """Every score of one family at one output.

    mse, rmse, mae are in transformed units, r2 = 1 - MSE / D with D the mean squared distance to `reference`
    (n,), the training mean as a fit without the row would know it; explainable_r2 = 1 - (MSE - s2) / (D - s2)
    with s2 the noise variance, 1 for a perfect mean, NaN where D - s2 is not known to be there at all;
    rmse_over_noise_floor = RMSE / s, 1 for a perfect mean too, NaN where s2 is not known to be there.
    nll [nats] and crps are those of target / spread. Of every level stand the coverage of the central interval and
    the shares below its lower and above its upper end, each of which should be half of what it leaves out.
    Nothing is clipped: an explainable_r2 above 1 or below 0 is an estimate with an error.
    """
    squared = (rows.target - rows.mean) ** 2
    distance = (rows.target - reference) ** 2
    rmse = np.sqrt(squared.mean())
    return {
        "mse": mean_estimate(squared, positive=True),
        "rmse": Estimate(rmse, squared / (2 * rmse), positive=True),
        "mae": mean_estimate(np.abs(rows.target - rows.mean), positive=True),
        "r2": against_noise.explained(squared, distance, PooledNoise(0.0, 0.0, 0)),
        "explainable_r2": against_noise.explained(squared, distance, noise),
        "rmse_over_noise_floor": against_noise.over_noise_floor(squared, noise),
        "nll": mean_estimate(losses.negative_log_likelihood(rows.log_density, spread)),
        "crps": mean_estimate(rows.crps / spread),
        **_held(rows.pit, levels),
    }


def _held(pit: np.ndarray, levels: Sequence[float]) -> dict[str, Estimate]:
    """Coverage of the central intervals, and what lies on either side of them."""
    found = {}
    for level in levels:
        found[losses.coverage_name(level)] = mean_estimate(losses.covered(pit, level))
        found[losses.tail_name("below", level)] = mean_estimate(losses.below(pit, level))
        found[losses.tail_name("above", level)] = mean_estimate(losses.above(pit, level))
    return found


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Scores by family, output and metric: family, output, metric, value, standard_error, lower, upper (95 %).

    Headlines pool all out-of-fold rows; standard errors are Nadeau-Bengio's over the folds (of the influence
    values for rmse and the r2s), with the noise variance's own error added, for it comes from other runs.
    Intervals of what cannot be negative (mse, rmse, mae, their ratio to the noise) are laid on the logarithm.
    Rows whose run is unusable or whose output does not exist are left out; the table `energy` names them. An output
    that is the same in all training runs, or could not be learned, has rows without these numbers.

    The output "all" has the scores of whole runs: joint_nll, the primary endpoint, gain_over_normals, what it
    gains over independent normals of the same means and variances, state_nll, energy_score, and what joint regions hold
    (`whole_runs.WholeRuns`); and the means over outputs of nll and crps.
    """
    families = by_family(sources.all("predictions"), protocol.families)
    rows = []
    for family, predictions in families.items():
        pooled: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"nll": [], "crps": []}
        for output in outputs_of(predictions):
            scored = rows_of(predictions, output, [TRAINING_ROLE])
            spread = spread_of(predictions, output)
            found = estimates(
                scored,
                out_of_fold_mean(scored),
                spread,
                noise_of(predictions, output),
                protocol.levels,
            )
            for metric, estimate in found.items():
                rows.append((family, output, metric, *estimate.over_folds(scored.fold).values()))
            for metric in pooled if np.isfinite(spread) else ():
                pooled[metric].append((found[metric].influence, scored.fold))
        rows += [(family, "all", metric, *_mean_over_outputs(parts)) for metric, parts in pooled.items()]
        whole = whole_runs(predictions, predictions, [TRAINING_ROLE])
        for metric, (estimate, there) in whole.estimates(protocol.levels).items():
            rows.append((family, "all", metric, *estimate.over_folds(whole.fold[there]).values()))
    return pd.DataFrame(rows, columns=["family", "output", "metric", *COLUMNS])


def _mean_over_outputs(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, ...]:
    """Mean over outputs of the mean over rows, its standard error and interval, from (losses, folds) of each output."""
    if not parts:
        return (float("nan"),) * len(COLUMNS)
    folds = np.concatenate([fold for _, fold in parts])
    values = np.zeros((len(folds), len(parts)))
    present = np.zeros(values.shape, dtype=bool)
    start = 0
    for column, (losses_of_output, _) in enumerate(parts):
        stop = start + len(losses_of_output)
        values[start:stop, column] = losses_of_output
        present[start:stop, column] = True
        start = stop
    error, freedom = over_folds(values, folds, present), fold_count(folds) - 1
    return tuple(with_interval(mean_of_means(values, present), error, freedom, positive=False).values())
