"""The observed error of many fits, taken apart into bias^2, variance and noise without bias, closing exactly.

For point j with mean fit fbar_j, variance v_j^2 over the B fits (ddof 1), mean run ybar_j and variance s_j^2
over its R_j replicates (ddof 1):

    noise = mean s_j^2,   variance = mean v_j^2,   bias^2 = mean[(fbar_j - ybar_j)^2 - v_j^2/B - s_j^2/R_j].

Their sum equals the mean over j, b, r of (y_jr - f_bj)^2 exactly, point by point, for any R_j >= 2.
bias^2 may come out negative; it is printed so, with its error, never clipped.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.decomposition import Decomposition, Terms, decomposed, unknown, with_replicates
from nbody_emulator.evaluation.estimate import mean_estimate
from nbody_emulator.evaluation.log_score_parts import JointFits, decompose_log_score
from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.streams import generator

SQUARED_ERROR = Terms(
    parts=("bias_squared", "variance", "noise"),
    whole="error",
    positive=frozenset({"variance", "noise", "error"}),
    of_runs=frozenset({"noise"}),
)

COLUMNS = [
    "family",
    "ladder",
    "rung",
    "output",
    "term",
    "value",
    "standard_error",
    "lower",
    "upper",
    "fits",
    "points",
]

ALL = "all"
"""In place of an output: all of them together, of runs that have all."""


def decompose(
    predictions: np.ndarray, targets: np.ndarray, groups: np.ndarray, random: np.random.Generator
) -> Decomposition:
    """Take the error of B fits on n runs apart.

    Args:
        predictions: predicted means (B, n), equal for replicates of a point.
        targets: what the runs gave (n,); NaN where the output does not exist.
        groups: design point of each run (n,). Points with fewer than two existing runs are left out.
        random: draws the bootstrap over design points.

    Without any fit or point all terms are NaN.
    """
    return _decompose(predictions[..., None], targets[:, None], groups, random, in_noise=False)


def decompose_together(
    predictions: np.ndarray, targets: np.ndarray, groups: np.ndarray, random: np.random.Generator
) -> Decomposition:
    """The same of predictions (B, n, q) of q outputs (n, q): the mean over outputs, each in units of its noise.

    Of runs that have all outputs; the noise of these runs is taken for known.
    """
    return _decompose(predictions, targets, groups, random, in_noise=True)


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
    """What grows along the ladders of complexity; see `by_rung`."""
    return by_rung(sources.all("ladders"), protocol)


def by_rung(trials: Sequence[xr.Dataset], protocol: Protocol) -> pd.DataFrame:
    """One row a ladder (family and key), rung (rising), output and term, with its standard error and 95 % interval.

    Args:
        trials: fits on independent training sets, predicting the noise set's replicates.

    Of an output: bias_squared, variance, noise and error, in squared transformed units; and zero_coefficients, how many
    of the fit's coefficients are exactly zero, where the family leaves any out. Of all outputs: the first four in units
    of the noise, and the terms of the joint log score [nats of the transformed outputs]. `closing_error` and
    `log_closing_error` are what the parts miss of the wholes: rounding.
    """
    rows = [
        {"family": family, "ladder": ladder, "rung": rung} | row
        for (family, ladder, rung), trial in fits_by_rung(trials).items()
        for row in chain(_of_each_output(trial, protocol), _of_all_outputs(trial, protocol))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def fits_by_rung(trials: Sequence[xr.Dataset]) -> dict[tuple[str, str, float], xr.Dataset]:
    """The fits of each (family, ladder, rung), ordered, whichever files they come from."""
    found: dict[tuple[str, str, float], list[xr.Dataset]] = {}
    for trial in trials:
        rungs = trial["rung"].values
        for rung in np.unique(rungs):
            key = (trial.attrs["family"], trial.attrs["ladder"], float(rung))
            found.setdefault(key, []).append(trial.isel(fit=rungs == rung))
    return {key: xr.concat(found[key], dim="fit", data_vars="minimal") for key in sorted(found)}


def _of_each_output(trial: xr.Dataset, protocol: Protocol) -> Iterator[dict]:
    for output in outputs_of(trial):
        at_output = trial.sel(output=output)
        means = at_output["mean"].transpose("fit", "row").values
        # A fit that had too few runs with this output did not learn it, and is none of its fits.
        means = means[np.isfinite(means).all(axis=1)]
        random = generator(protocol.seed, "bias-variance", "bootstrap")
        groups = text_or_number(trial["group"])
        yield from _rows(output, decompose(means, at_output["target"].values, groups, random))
        yield from _zero_coefficients(output, at_output["zero_coefficients"].values)


def _of_all_outputs(trial: xr.Dataset, protocol: Protocol) -> Iterator[dict]:
    means = trial["mean"].transpose("fit", "row", "output").values
    learned = np.isfinite(means).all(axis=(1, 2))
    targets, groups = trial["target"].transpose("row", "output").values, text_or_number(trial["group"])
    random = generator(protocol.seed, "bias-variance", "bootstrap")
    yield from _rows(ALL, decompose_together(means[learned], targets, groups, random))
    # The same outputs in the same order along both axes.
    covariance = trial["covariance"].sel(other_output=trial["output"].values)
    fits = JointFits(
        log_density=trial["joint_log_density"].transpose("fit", "row").values[learned],
        mean=means[learned],
        covariance=covariance.transpose("fit", "row", "output", "other_output").values[learned],
    )
    random = generator(protocol.seed, "bias-variance", "bootstrap")
    yield from _rows(ALL, decompose_log_score(fits, targets, groups, random), prefix="log_")


def _rows(output: str, found: Decomposition, prefix: str = "") -> Iterator[dict]:
    counts = {"fits": found.fits, "points": found.points}
    for term in found.terms.names:
        lower, upper = found.intervals[term]
        errors = {"standard_error": found.standard_errors[term], "lower": lower, "upper": upper}
        yield {"output": output, "term": term, "value": found.values[term]} | errors | counts
    yield {"output": output, "term": f"{prefix}closing_error", "value": found.closing_error} | counts


def _zero_coefficients(output: str, counted: np.ndarray) -> Iterator[dict]:
    """Their mean over the fits (B,) that count them, which are independent."""
    counted = counted[np.isfinite(counted)]
    if len(counted):
        found = mean_estimate(counted).over_groups(np.arange(len(counted)))
        yield {"output": output, "term": "zero_coefficients", "fits": len(counted), "points": 0} | found


def _decompose(predictions, targets, groups, random, in_noise):
    chosen, index = with_replicates(np.isfinite(targets).all(axis=1), groups)
    predictions, targets = predictions[:, chosen], targets[chosen]
    if predictions.size == 0:
        return unknown(SQUARED_ERROR, len(predictions), len(np.unique(index)))

    def of_each(some: np.ndarray) -> np.ndarray:
        columns = range(targets.shape[1])
        return np.array([point_terms(predictions[some, :, one], targets[:, one], index) for one in columns])

    noise = of_each(np.arange(len(predictions)))[:, SQUARED_ERROR.names.index("noise")].mean(axis=1)
    # An output that does not scatter has no noise to be measured in.
    unit = np.where(noise > 0, noise, np.nan) if in_noise else np.ones_like(noise)

    def of_points(some: np.ndarray) -> np.ndarray:
        return np.mean(of_each(some) / unit[:, None, None], axis=0)

    return decomposed(SQUARED_ERROR, of_points, len(predictions), random)
