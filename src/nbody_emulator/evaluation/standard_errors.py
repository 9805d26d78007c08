"""Standard errors that respect what the rows share: fits across folds, and replicates of a design point."""

import numpy as np
from scipy.special import stdtrit

from nbody_emulator.evaluation.standard_normal import quantile


def nadeau_bengio(split_means: np.ndarray, test_over_training: float) -> float:
    """Corrected resampled standard error of a mean over T splits: S sqrt(1/T + n_test/n_training).

    The naive S / sqrt(T) ignores that the splits' fits share training data. NaN below two splits, and where a split has
    lost infinitely much.
    Source: Nadeau & Bengio 2003 (Machine Learning 52, 239), equation 6; no unbiased estimator exists
    (Bengio & Grandvalet 2004, JMLR 5, 1089).
    """
    splits = len(split_means)
    if splits < 2 or not np.isfinite(split_means).all():
        return float("nan")
    return float(np.std(split_means, ddof=1) * np.sqrt(1 / splits + test_over_training))


def over_folds(values: np.ndarray, folds: np.ndarray, present: np.ndarray | None = None) -> float:
    """Nadeau-Bengio standard error of the mean of `values`, pooled out of fold.

    Args:
        values: (n,) or (n, q); of q outputs the mean over outputs is meant.
        folds: the fold in which each row was held out, (n,).
        present: which values exist, of the shape of `values`; all by default.
    """
    values = values if values.ndim == 2 else values[:, None]
    present = np.ones(values.shape, dtype=bool) if present is None else present.reshape(values.shape)
    labels = np.unique(folds)
    means = np.array([mean_of_means(values[folds == fold], present[folds == fold]) for fold in labels])
    # With K folds of nearly equal size a fold's fit sees K - 1 rows for each row it is tested on.
    return nadeau_bengio(means, 1 / max(len(labels) - 1, 1))


def over_groups(values: np.ndarray, groups: np.ndarray) -> float:
    """Standard error of the mean of `values` (n,) when only design points are independent, not replicates.

    The cluster-robust form: sqrt(J / (J - 1) sum_j (sum_{i in j} (x_i - mean))^2) / n. NaN below two points.
    """
    return root_of_moves(moves_of_groups(values, groups))


def root_of_moves(moves: np.ndarray) -> float:
    """Standard error of a number that J independent points move by `moves` (J,) each, which sum to nothing."""
    points = len(moves)
    return float(np.sqrt(points / (points - 1) * np.sum(moves**2))) if points > 1 else float("nan")


def freedom_over_groups(values: np.ndarray, groups: np.ndarray) -> float:
    """Degrees of freedom of the error that `over_groups` gives."""
    return freedom_of_moves(moves_of_groups(values, groups))


def freedom_of_moves(moves: np.ndarray) -> float:
    """Degrees of freedom of `root_of_moves`: 2 J / (kurtosis - 1), few where few points make most of the error.

    Source: Satterthwaite 1946 (Biometrics Bulletin 2, 110), with the variance of a variance from its fourth
    moment. NaN below two points.
    """
    spread = np.mean(moves**2) if len(moves) > 1 else np.nan
    if not spread > 0:
        return float("nan")
    kurtosis = np.mean(moves**4) / spread**2
    # Two points have kurtosis 1 whatever they are.
    return float(min(2 * len(moves) / max(kurtosis - 1, 1e-12), max(len(moves) - 1, 1)))


def freedom_of_sum(errors: np.ndarray, freedoms: np.ndarray) -> float:
    """Degrees of freedom of the error of a sum whose terms (k,) have independent `errors` with these `freedoms`.

    Source: Welch 1947 (Biometrika 34, 28), (sum e^2)^2 / sum (e^4 / freedom).
    """
    if not np.any(errors > 0):
        return float("nan")
    return float(np.sum(errors**2) ** 2 / np.sum(errors**4 / freedoms))


def interval(value: float, error: float, freedom: float, positive: bool) -> tuple[float, float]:
    """95 % interval: value +- t error, or for a `positive` value value exp(+-t error / value).

    t is Student's 97.5 % point at `freedom`. Squares have long upper tails, and an interval of plain +-2 errors
    misses most on one side.
    """
    reach = float(stdtrit(freedom, 0.975)) * error
    if not positive:
        return value - reach, value + reach
    if not value > 0:
        return float("nan"), float("nan")
    return float(value * np.exp(-reach / value)), float(value * np.exp(reach / value))


def fold_count(folds: np.ndarray) -> int:
    """How many folds there are."""
    return len(np.unique(folds))


def moves_of_groups(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """How far each design point moves the mean of `values` (n,), (J,) in the order of their names."""
    index = np.unique(groups, return_inverse=True)[1]
    return np.bincount(index, values - values.mean()) / len(values)


def covariance_of_moves(moves: np.ndarray) -> np.ndarray:
    """Covariance (q, q) of numbers that the same J independent points move by `moves` (J, q); zero for one point."""
    points = len(moves)
    return points / max(points - 1, 1) * moves.T @ moves


def mean_of_means(values: np.ndarray, present: np.ndarray) -> float:
    """Mean over outputs of the mean over the rows in which the output exists; (n, q) to a number."""
    columns = [
        column[exists].mean() for column, exists in zip(values.T, present.T, strict=True) if exists.any()
    ]
    return float(np.mean(columns)) if columns else float("nan")


def wilson_interval(
    successes: float, trials: int, standard_deviations: float = quantile(0.975)
) -> tuple[float, float]:
    """Wilson's interval of a proportion, by default at 95 %; never empty, never outside [0, 1].

    Source: Wilson 1927 (J. Am. Stat. Assoc. 22, 209).
    """
    if trials == 0:
        return float("nan"), float("nan")
    proportion, square = successes / trials, standard_deviations**2
    center = (proportion + square / (2 * trials)) / (1 + square / trials)
    spread = np.sqrt(proportion * (1 - proportion) / trials + square / (4 * trials**2))
    reach = standard_deviations * spread / (1 + square / trials)
    return float(max(center - reach, 0.0)), float(min(center + reach, 1.0))


def proportion_standard_error(successes: float, trials: int) -> float:
    """Half of Wilson's interval at one standard deviation: not zero even when all or none succeeded."""
    low, high = wilson_interval(successes, trials, 1.0)
    return 0.5 * (high - low)
