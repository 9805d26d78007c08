"""What was predicted of every sealed run beside what it gave, how far off that is, and what its intervals held."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.null_bands import shares
from nbody_emulator.evaluation.rows import Rows, outputs_of, rows_of
from nbody_emulator.evaluation.standard_normal import quantile
from nbody_emulator.evaluation.treatments import as_predicted
from nbody_emulator.identity.seen_points import SEALED_ROLE
from nbody_emulator.levels import ends_of
from nbody_emulator.quantities.coordinates import outputs_in
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.settings.protocol import Protocol

INTERVAL = 0.9
"""Of the predicted interval that is told of every run."""

TOLD = ["value", "lower", "upper"]
COLUMNS = [
    "quantity",
    "group",
    "level",
    "true_value",
    "value",
    "lower",
    "upper",
    "band_low",
    "band_high",
    "runs",
]


def sealed_test_table(
    sealed: Mapping[str, xr.Dataset], scores: pd.DataFrame, protocol: Protocol, recommended: str
) -> pd.DataFrame:
    """Of every family and output what it said of each sealed run, and of its `scores` those that are shown.

    Columns: family, recommended, output, unit, transform, quantity and, by quantity:
    run: group (its design point), true_value, value (the predicted median), lower, upper (the central interval of
    probability `level`), in the output's unit;
    error: value, the root mean squared error over the noise floor, and its 95 % interval from lower to upper;
    coverage: value, the share of `runs` inside the central interval of probability `level`, its 95 % interval, over
    the design points, and from band_low to band_high where 95 % of perfect predictions lie: of these the seeds of a
    point are independent.

    Args:
        sealed: predictions of the sealed rows, by family.
        scores: of them, as `test_set.score_table` gives them.
        recommended: the family that cross-validation recommends.
    """
    known = {of: found.set_index("metric") for of, found in scores.groupby(["family", "output"])}
    rows = []
    for family, predictions in sealed.items():
        outputs = {output.name: output for output in outputs_in(predictions)}
        for name in outputs_of(predictions):
            output, judged = outputs[name], rows_of(predictions, name, [SEALED_ROLE])
            fixed = (family, family == recommended, name, output.unit, output.transform)
            rows += [(*fixed, *row) for row in _runs(judged, output)]
            rows += [(*fixed, *row) for row in _scores(judged, known[family, name], protocol)]
    return pd.DataFrame(rows, columns=["family", "recommended", "output", "unit", "transform", *COLUMNS])


def _runs(rows: Rows, output: Output) -> Iterator[tuple]:
    if not len(rows):
        return
    lower, upper = ends_of(INTERVAL)
    predicted = output.inverse(rows.value_at(quantile(np.array([0.5, lower, upper]))[None, :]))
    for group, true, values in zip(rows.group, output.inverse(rows.target), predicted, strict=True):
        yield "run", group, INTERVAL, true, *values, np.nan, np.nan, 1


def _scores(rows: Rows, scores: pd.DataFrame, protocol: Protocol) -> Iterator[tuple]:
    if not len(rows):
        return
    nowhere = (np.nan, np.nan)
    yield "error", "", np.nan, np.nan, *scores.loc["rmse_over_noise_floor", TOLD], *nowhere, len(rows)
    null, every = as_predicted(rows, protocol.seed).null, np.ones(len(rows), dtype=bool)
    bands = np.transpose(shares(null, tuple(protocol.levels), every).coverage)
    for level, band in zip(protocol.levels, bands, strict=True):
        yield "coverage", "", level, np.nan, *scores.loc[coverage_name(level), TOLD], *band, len(rows)
