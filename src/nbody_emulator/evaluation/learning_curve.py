"""How the error on new runs falls with the number of training runs, by family, as what it has left above the floor."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.against_noise import excess
from nbody_emulator.evaluation.estimate import mean_estimate
from nbody_emulator.evaluation.losses import negative_log_likelihood
from nbody_emulator.evaluation.pooled_noise import PooledNoise, noise_of_same
from nbody_emulator.evaluation.power_law import Law, Measured, doubling_law, excess_law
from nbody_emulator.evaluation.rows import by_family, outputs_of, spread_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import moves_of_groups
from nbody_emulator.evaluation.whole_runs import noise_trial, single_fits, whole_runs, whole_runs_of_trial
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Protocol

EXCESS = 0.1
"""Of the floor: where the mean squared error is within 10 % of it."""

GAIN = 0.01
"""Of the joint score, in nats per output, from doubling the runs: where they have stopped paying."""

WHOLE_RUNS = "all"
"""In place of an output: the joint score, of a run's state and all of its outputs together."""


class Fit(NamedTuple):
    """One fit of a curve, judged by the noise runs at one output or whole.

    Attributes:
        training_runs, training_set: which part of the training runs it was given.
        value: what falls: the excess over the floor, or the joint score; NaN where the fit has not learned it.
        moves: (J,) how far each design point moves the value.
        told: its columns of the table.
    """

    training_runs: int
    training_set: int
    value: float
    moves: np.ndarray
    told: Mapping[str, float]


class Curve(NamedTuple):
    """All fits of one family at one output or whole, and the law they follow; None where nothing can be fitted.

    `place` is that of the family by its score out of fold, 1 for the best.
    """

    family: str
    place: int
    output: str
    fits: Sequence[Fit]
    law: Law | None


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a family, training-set size, training set and output, in that order; output `all` is of whole runs.

    Columns: family, place (by the score out of fold, 1 the best), training_runs, training_set, output, mse, nll (of
    whole runs the joint score) with nll_standard_error, noise_variance (the floor that no mean of the parameters alone
    can pass) with noise_standard_error, noise_lower and noise_upper (95 %), standard_error, lower and upper (of mse,
    over the noise set's design points; how much another training set would change it is seen in the scatter of the
    sets), excess (mse minus noise, which is known better than either, for both are of the same runs) and
    excess_standard_error, and fitted: the power law of the excess at that size, of whole runs that of nll; NaN where
    the sizes are no power law. mse in squared transformed units, nll of target / spread [nats], that of whole runs over
    the number of outputs.
    """
    rows = [
        {
            "family": curve.family,
            "place": curve.place,
            "training_runs": fit.training_runs,
            "training_set": fit.training_set,
            "output": curve.output,
            **fit.told,
            "fitted": fitted,
        }
        for curve in curves(sources, protocol)
        for fit, fitted in zip(curve.fits, _fitted(curve), strict=True)
    ]
    table = pd.DataFrame(rows)
    table["rank"] = table["family"].map(protocol.families.index)
    order = ["rank", "training_runs", "training_set", "output"]
    return table.sort_values(order, kind="stable", ignore_index=True).drop(columns="rank")


def curves(sources: Sources, protocol: Protocol) -> list[Curve]:
    """Every family's curves: of each output, then whole."""
    predictions = by_family(sources.all("predictions"), protocol.families)
    trials = {trial.attrs["family"]: trial for trial in sources.all("curves")}
    scores = [whole_runs(each, each, [TRAINING_ROLE]).joint.mean() for each in predictions.values()]
    places = np.argsort(np.argsort(scores, kind="stable")) + 1
    found = []
    for (family, of_family), place in zip(predictions.items(), places.tolist(), strict=True):
        fits = [each for trial in (trials[family], noise_trial(of_family)) for each in single_fits(trial)]
        for output in outputs_of(of_family):
            found.append(_of_output(family, place, output, fits, of_family))
        found.append(_whole(family, place, fits, of_family))
    return found


def _of_output(
    family: str, place: int, output: str, fits: Sequence[xr.Dataset], predictions: xr.Dataset
) -> Curve:
    spread = spread_of(predictions, output)
    judged, floors = zip(*(_judged(each.sel(output=output), spread) for each in fits), strict=True)
    # That of the fit on all runs; where an output was not learned, rows are missing, and the floor is of fewer.
    floor, of_floor = floors[-1]
    law = _law(excess_law, judged, EXCESS * floor.variance, EXCESS * of_floor)
    return Curve(family, place, output, judged, law)


def _judged(fitted: xr.Dataset, spread: float) -> tuple[Fit, tuple[PooledNoise, np.ndarray]]:
    """One fit at one output, and the floor beneath it with its moves."""
    every = text_or_number(fitted["group"])
    exists = np.isfinite(fitted["target"].values + fitted["mean"].values)
    target, groups = fitted["target"].values[exists], every[exists]
    floor = noise_of_same(target, groups)
    assert floor.influence is not None  # it is of the very runs
    noise_lower, noise_upper = floor.interval
    mean, log_density = fitted["mean"].values[exists], fitted["log_density"].values[exists]
    squared = (target - mean) ** 2
    error = mean_estimate(squared, positive=True).over_groups(groups)
    above = excess(squared, floor)
    told_above = above.over_groups(groups)
    surprise = mean_estimate(negative_log_likelihood(log_density, spread)).over_groups(groups)
    told = {
        "mse": error["value"],
        "nll": surprise["value"],
        "nll_standard_error": surprise["standard_error"],
        "noise_variance": floor.variance,
        "noise_standard_error": floor.standard_error,
        "noise_lower": noise_lower,
        "noise_upper": noise_upper,
        **{name: error[name] for name in ("standard_error", "lower", "upper")},
        "excess": told_above["value"],
        "excess_standard_error": told_above["standard_error"],
    }
    fit = _fit(fitted, told_above["value"], _moves(above.influence, groups, every), told)
    return fit, (floor, _moves(floor.influence, groups, every))


def _whole(family: str, place: int, fits: Sequence[xr.Dataset], predictions: xr.Dataset) -> Curve:
    """By the joint score, of which no floor is known: what doubling the runs gains is what falls to a goal."""
    judged = []
    for each in fits:
        runs = whole_runs_of_trial(each, predictions)
        found = mean_estimate(runs.joint).over_groups(runs.group)
        every = text_or_number(each["group"])
        told = {"nll": found["value"], "nll_standard_error": found["standard_error"]}
        judged.append(_fit(each, found["value"], _moves(runs.joint, runs.group, every), told))
    law = _law(doubling_law, judged, GAIN, np.zeros(len(judged[0].moves)))
    return Curve(family, place, WHOLE_RUNS, judged, law)


def _fit(fitted: xr.Dataset, value: float, moves: np.ndarray, told: Mapping[str, float]) -> Fit:
    return Fit(int(fitted["training_runs"]), int(fitted["training_set"]), value, moves, told)


def _moves(influence: np.ndarray, groups: np.ndarray, every: np.ndarray) -> np.ndarray:
    """(J,) of all design points; one where nothing exists moves nothing."""
    names = np.unique(every)
    moves = np.zeros(len(names))
    moves[np.isin(names, groups)] = moves_of_groups(influence, groups) if len(groups) else 0.0
    return moves


def _law(kind, fits: Sequence[Fit], goal: float, of_goal: np.ndarray) -> Law | None:
    """The law of the fits that have learned what is judged; None without a goal, or without two sizes."""
    known = [fit for fit in fits if np.isfinite(fit.value) and np.isfinite(fit.moves).all()]
    runs = sorted({fit.training_runs for fit in known})
    if len(runs) < 2 or not goal > 0:
        return None
    at = [[fit for fit in known if fit.training_runs == size] for size in runs]
    moves = [np.mean([fit.moves for fit in group], axis=0) for group in at]
    return kind(
        Measured(
            runs=np.array(runs, dtype=float),
            values=[np.array([fit.value for fit in group]) for group in at],
            sets=[
                np.array([[fit.training_set, fit.training_set + 1] for fit in group]) * size
                for group, size in zip(at, runs, strict=True)
            ],
            moves=np.stack([*moves, of_goal], axis=1),
            goal=goal,
        )
    )


def _fitted(curve: Curve) -> np.ndarray:
    """The law at the size of each fit; NaN without one that holds."""
    if curve.law is None or not curve.law.holds:
        return np.full(len(curve.fits), np.nan)
    at = dict(zip(curve.law.runs, curve.law.fitted, strict=True))
    return np.array([at.get(fit.training_runs, np.nan) for fit in curve.fits])
