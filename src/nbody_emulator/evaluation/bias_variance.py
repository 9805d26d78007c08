"""The observed error of many fits, taken apart into bias^2, variance and noise without bias, closing exactly.

For point j with mean fit fbar_j, variance v_j^2 over the B fits (ddof 1), mean run ybar_j and variance s_j^2
over its R_j replicates (ddof 1):

    noise = mean s_j^2,   variance = mean v_j^2,   bias^2 = mean[(fbar_j - ybar_j)^2 - v_j^2/B - s_j^2/R_j].

Their sum equals the mean over j, b, r of (y_jr - f_bj)^2 exactly, point by point, for any R_j >= 2.
bias^2 may come out negative; it is printed so, with its error, never clipped.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import freedom_of_moves, interval
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.streams import generator

TERMS = ("bias_squared", "variance", "noise", "error")
SIGNED = "bias_squared"
"""The term that may be negative; the others are sums of squares, whose intervals are laid on the logarithm."""
RESAMPLES = 1000


@dataclass(frozen=True)
class Decomposition:
    """The terms (in the order of TERMS), their errors and 95 % intervals, and what they were estimated from."""

    values: dict[str, float]
    standard_errors: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    fits: int
    points: int

    @property
    def closing_error(self) -> float:
        """bias^2 + variance + noise - error: rounding, and nothing else."""
        return (
            self.values["bias_squared"]
            + self.values["variance"]
            + self.values["noise"]
            - self.values["error"]
        )


def decompose(
    predictions: np.ndarray, targets: np.ndarray, groups: np.ndarray, random: np.random.Generator
) -> Decomposition:
    """Take the error of B fits on n runs apart.

    Args:
        predictions: predicted means (B, n), equal for replicates of a point.
        targets: what the runs gave (n,); NaN where the output does not exist.
        groups: design point of each run (n,). Points with fewer than two existing runs are left out.
        random: draws the bootstrap over design points.

    Standard errors add, in squares, a bootstrap over design points and a delete-one jackknife over fits:
    every point is seen by the same fits, so that points alone would not show how few fits there are. Intervals of
    all but bias^2 are laid on the logarithm.
    Without any fit or point all terms are NaN.
    Below three fits the jackknife has nothing to go by, and the errors it enters are NaN.
    """
    predictions, targets, index = _with_replicates(predictions, targets, groups)
    if predictions.size == 0:
        unknown = dict.fromkeys(TERMS, float("nan"))
        both = dict.fromkeys(TERMS, (float("nan"), float("nan")))
        return Decomposition(unknown, unknown, both, len(predictions), len(np.unique(index)))
    terms = point_terms(predictions, targets, index)
    by_points, by_fits = _bootstrap(terms, random), _jackknife(predictions, targets, index)
    # No fit enters the noise.
    by_fits[TERMS.index("noise")] = 0.0
    error = np.sqrt(by_points + by_fits)
    values = dict(zip(TERMS, terms.mean(axis=1).tolist(), strict=True))
    errors = dict(zip(TERMS, error.tolist(), strict=True))
    freedom = dict(zip(TERMS, _freedom(terms, by_points, by_fits, len(predictions)), strict=True))
    return Decomposition(
        values=values,
        standard_errors=errors,
        intervals={
            term: interval(values[term], errors[term], freedom[term], term != SIGNED) for term in TERMS
        },
        fits=len(predictions),
        points=terms.shape[1],
    )


def point_terms(predictions: np.ndarray, targets: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Each design point's contribution to the terms, (4, J), from (B, n), (n,) and point indices (n,)."""
    fits = len(predictions)
    replicates = np.bincount(index)
    run_mean = np.bincount(index, targets) / replicates
    noise = np.bincount(index, (targets - run_mean[index]) ** 2) / (replicates - 1)
    by_point = np.array([np.bincount(index, row) for row in predictions]) / replicates
    variance = by_point.var(axis=0, ddof=1) if fits > 1 else np.full(len(replicates), np.nan)
    distance = (by_point.mean(axis=0) - run_mean) ** 2
    error = np.bincount(index, np.mean((targets - predictions) ** 2, axis=0)) / replicates
    return np.array([distance - variance / fits - noise / replicates, variance, noise, error])


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """The terms by ladder, complexity and output, in squared transformed units, each with its standard error and
    its 95 % interval (`_lower`, `_upper`).

    Made from `ladders`: fits on independent training sets, predicting the noise set's replicates. A
    ladder's complexities come in rising order.
    """
    rows = []
    for (ladder, complexity), trial in fits_by_rung(sources.all("ladders")).items():
        for output in outputs_of(trial):
            found = _of_output(trial, output, generator(protocol.seed, "bias-variance", "bootstrap"))
            rows.append({"ladder": ladder, "complexity": complexity, "output": output} | _columns(found))
    return pd.DataFrame(rows)


def fits_by_rung(trials: tuple[xr.Dataset, ...]) -> dict[tuple[str, int], xr.Dataset]:
    """The fits of each (ladder, complexity), ordered, whichever files they come from."""
    found: dict[tuple[str, int], list[xr.Dataset]] = {}
    for trial in trials:
        complexity = trial["complexity"].values
        for rung in np.unique(complexity):
            found.setdefault((trial.attrs["family"], int(rung)), []).append(
                trial.isel(fit=complexity == rung)
            )
    return {rung: xr.concat(found[rung], dim="fit", data_vars="minimal") for rung in sorted(found)}


def _of_output(trial: xr.Dataset, output: str, random: np.random.Generator) -> Decomposition:
    at_output = trial.sel(output=output)
    means = at_output["mean"].transpose("fit", "row").values
    # A fit that had too few runs with this output did not learn it, and is none of its fits.
    means = means[np.isfinite(means).all(axis=1)]
    return decompose(means, at_output["target"].values, text_or_number(trial["group"]), random)


def _columns(found: Decomposition) -> dict:
    errors = {f"{term}_standard_error": value for term, value in found.standard_errors.items()}
    lower = {f"{term}_lower": low for term, (low, _) in found.intervals.items()}
    upper = {f"{term}_upper": high for term, (_, high) in found.intervals.items()}
    counts = {"fits": found.fits, "points": found.points}
    return found.values | {"closing_error": found.closing_error} | errors | lower | upper | counts


def _with_replicates(predictions, targets, groups):
    exists = np.isfinite(targets)
    index = np.unique(groups[exists], return_inverse=True)[1]
    several = np.bincount(index)[index] > 1
    chosen = np.flatnonzero(exists)[several]
    return predictions[:, chosen], targets[chosen], np.unique(groups[chosen], return_inverse=True)[1]


def _bootstrap(terms: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Variance of the terms' means when the J design points are drawn anew, (4,)."""
    points = terms.shape[1]
    weights = random.multinomial(points, np.full(points, 1 / points), size=RESAMPLES) / points
    return np.var(weights @ terms.T, axis=0, ddof=1)


def _freedom(terms: np.ndarray, by_points: np.ndarray, by_fits: np.ndarray, fits: int) -> np.ndarray:
    """Degrees of freedom of the errors whose squares are the sums of these (4,), by Satterthwaite's formula."""
    of_points = np.array([freedom_of_moves(row - row.mean()) for row in terms])
    return (by_points + by_fits) ** 2 / (by_points**2 / of_points + by_fits**2 / max(fits - 1, 1))


def _jackknife(predictions: np.ndarray, targets: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Variance of the terms' means over the fits, by leaving out one fit at a time, (4,)."""
    fits = len(predictions)
    if fits < 3:
        return np.full(len(TERMS), np.nan)
    left_out = [
        point_terms(np.delete(predictions, fit, axis=0), targets, index).mean(axis=1) for fit in range(fits)
    ]
    return (fits - 1) * np.var(left_out, axis=0)
