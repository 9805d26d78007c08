"""Every output against every parameter: what runs gave, and what the recommended family had said of these very runs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation import comparison
from nbody_emulator.evaluation.rows import Rows, by_family, outputs_of, rows_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_normal import quantile
from nbody_emulator.evaluation.survival import WHOLE_RUN
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.quantities.coordinates import outputs_in, parameters_in
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.quantities.tables import column_name
from nbody_emulator.settings.protocol import Protocol

PROBABILITIES = (0.05, 0.16, 0.5, 0.84, 0.95)
"""Of the quantiles that are told: the median, and the ends of the central 68 % and 90 %."""

BANDS = {0.68: (0.16, 0.84), 0.9: (0.05, 0.95)}

PLACES = np.linspace(0.0, 1.0, 41)
"""Along each parameter's box, on the parameter's own scale."""

RUNS_IN_A_WINDOW = 60.0
NARROWEST, WIDEST = 0.04, 0.25
"""Standard deviation of the window about a place, as a share of the box."""

POINTS_OF_A_RUN = 64
"""Equally probable values that stand for what is predicted of one run."""

MOST_RUNS = 2000
RUNS_IN_A_BIN = 20
MOST_BINS = 10


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """The recommended family's predictions of training runs, each by a fit without it, beside what these runs gave.

    Columns: family, output, unit, transform, parameter, parameter_scale, quantity, level, place (value of the
    parameter), value, lower, upper (those of the output, in its unit), runs.

    The quantities are, of an output that exists:
    run: one run, what it gave at its place;
    predicted: at 41 places the quantile of probability `level` of what is predicted of runs near there, whatever their
    other parameters, each run counting by a normal window about the place: what should be seen in these runs;
    held: the share of the runs inside the band of probability `level`, with its standard error to either side;
    one_run: how far the central interval of probability `level` of the prediction of one run reaches, typically, from
    the middle of all.

    Under the output "all" stands survival, where any run did not survive: survived, the share in bins that are equally
    wide on the parameter's scale, between its 68 % limits (Wilson); predicted, the mean predicted probability near each
    place.
    """
    compared = comparison.make(sources, protocol)
    family = compared.loc[compared["recommended"], "family"].item()
    predictions = by_family(sources.all("predictions"), protocol.families)[family]
    outputs = {output.name: output for output in outputs_in(predictions)}
    rows = list(_survival(predictions))
    for name in outputs_of(predictions):
        rows += _of_output(thinned(rows_of(predictions, name, [TRAINING_ROLE])), outputs[name], predictions)
    table = pd.DataFrame(rows, columns=["output", "parameter", "quantity", *NUMBERS])
    parameters = {column_name(each.name, each.unit): each.scale for each in parameters_in(predictions)}
    table.insert(0, "family", family)
    units = {name: each.unit for name, each in outputs.items()}
    transforms = {name: each.transform for name, each in outputs.items()}
    table.insert(2, "unit", table["output"].map({**units, WHOLE_RUN: "1"}))
    table.insert(3, "transform", table["output"].map({**transforms, WHOLE_RUN: "identity"}))
    table.insert(5, "parameter_scale", table["parameter"].map(parameters))
    return table


NUMBERS = ["level", "place", "value", "lower", "upper", "runs"]


def thinned(rows: Rows) -> Rows:
    """Every so manieth of them, `MOST_RUNS` at most."""
    return rows.select(np.arange(0, len(rows), max(1, -(-len(rows) // MOST_RUNS))))


def near(place: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Weights (m, n) of runs at `others` (n,) in windows about each place (m,), both as fractions of a box."""
    width = np.clip(RUNS_IN_A_WINDOW / (2 * np.sqrt(np.pi) * max(len(others), 1)), NARROWEST, WIDEST)
    return np.exp(-0.5 * ((place[:, None] - others) / width) ** 2)


def mixed_quantiles(rows: Rows, weights: np.ndarray) -> np.ndarray:
    """Quantiles (m, q) of `PROBABILITIES` of the rows' predictive distributions (n,), mixed by weights (m, n).

    In transformed units; each distribution stands for itself by `POINTS_OF_A_RUN` equally probable values.
    """
    score = quantile((np.arange(POINTS_OF_A_RUN) + 0.5) / POINTS_OF_A_RUN)
    values = rows.value_at(score[None, :]).ravel()
    order = np.argsort(values, kind="stable")
    found = np.empty((len(weights), len(PROBABILITIES)))
    for place, weight in enumerate(weights):
        below = np.cumsum(np.repeat(weight, POINTS_OF_A_RUN)[order])
        found[place] = values[order][np.searchsorted(below, np.array(PROBABILITIES) * below[-1])]
    return found


def _of_output(rows: Rows, output: Output, predictions: xr.Dataset) -> Iterator[tuple]:
    if not len(rows):
        return
    for place, parameter in enumerate(parameters_in(predictions)):
        named = (output.name, column_name(parameter.name, parameter.unit))
        fractions = parameter.to_unit_interval(rows.inputs[:, place])
        for at, value in zip(rows.inputs[:, place], output.inverse(rows.target), strict=True):
            yield *named, "run", *_numbers(place=at, value=value)
        predicted = mixed_quantiles(rows, near(PLACES, fractions))
        for level, curve in zip(PROBABILITIES, predicted.T, strict=True):
            yield from _curve(named, parameter, output.inverse(curve), level)
        for level, ends in BANDS.items():
            low, high = (predicted[:, PROBABILITIES.index(end)] for end in ends)
            share = _share_between(rows.target, fractions, low, high)
            error = np.sqrt(share * (1 - share) / len(rows))
            numbers = _numbers(level=level, value=share, lower=share - error, upper=share + error)
            yield *named, "held", *numbers[:-1], len(rows)
    for level, ends in BANDS.items():
        yield output.name, None, "one_run", *_one_run(rows, output, level, ends)


def _share_between(values: np.ndarray, fractions: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Of `values` (n,) at these fractions of a box, between two curves over `PLACES`."""
    inside = values >= np.interp(fractions, PLACES, low)
    return float(np.mean(inside & (values <= np.interp(fractions, PLACES, high))))


def _one_run(rows: Rows, output: Output, level: float, ends: tuple[float, float]) -> tuple:
    low, median, high = rows.value_at(quantile(np.array([ends[0], 0.5, ends[1]]))[None, :]).T
    middle = np.median(rows.target)
    reach = middle + np.median(low - median), middle + np.median(high - median)
    lower, value, upper = output.inverse(np.array([reach[0], middle, reach[1]]))
    return _numbers(level=level, value=value, lower=lower, upper=upper)


def _survival(predictions: xr.Dataset) -> Iterator[tuple]:
    judged = text_or_number(predictions["role"]) == TRAINING_ROLE
    runs = predictions.isel(row=judged & predictions["usable"].values.astype(bool))
    survived = np.isfinite(runs["target"].values).any(axis=runs["target"].get_axis_num("output"))
    if survived.all():
        return
    for parameter in parameters_in(runs):
        values = runs["input"].sel(parameter=parameter.name).values
        fractions = parameter.to_unit_interval(values)
        named = (WHOLE_RUN, column_name(parameter.name, parameter.unit))
        weights = near(PLACES, fractions)
        yield from _curve(named, parameter, weights @ runs["survival"].values / weights.sum(axis=1), np.nan)
        bins = int(np.clip(len(values) // RUNS_IN_A_BIN, 1, MOST_BINS))
        part = np.clip(np.floor(bins * fractions).astype(int), 0, bins - 1)
        for number in np.unique(part):
            middle = parameter.from_unit_interval(np.array((number + 0.5) / bins))
            count = np.sum(part == number)
            share, lower, upper = wilson(survived[part == number].sum(), count)
            numbers = _numbers(place=float(middle), value=share, lower=lower, upper=upper)
            yield *named, "survived", *numbers[:-1], count


def wilson(yes: int, count: int) -> tuple[float, float, float]:
    """A share and its 68 % limits, which lie between 0 and 1 whatever the share.

    Source: Wilson 1927 (J. Am. Stat. Assoc. 22, 209), at one standard error.
    """
    share = yes / count
    middle = (share + 0.5 / count) / (1 + 1 / count)
    reach = np.sqrt(share * (1 - share) / count + 0.25 / count**2) / (1 + 1 / count)
    return share, max(middle - reach, 0.0), min(middle + reach, 1.0)


def _curve(named: tuple[str, str], parameter: Parameter, values: np.ndarray, level: float) -> Iterator[tuple]:
    for at, value in zip(parameter.from_unit_interval(PLACES), values, strict=True):
        yield *named, "predicted", *_numbers(level=level, place=at, value=value)


def _numbers(**given: Any) -> tuple:
    """A row's numbers, missing where not given."""
    return tuple(given.get(name, np.nan) for name in NUMBERS)
