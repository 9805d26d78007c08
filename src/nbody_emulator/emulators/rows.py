"""Predictions for every run of an experiment: out of fold for the training runs, by the full models for the
others.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.prediction_variables import functionals_of, quantiles_of, variables_of
from nbody_emulator.identity.seen_points import TRAINING_ROLE, Seen, fingerprints

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table

FULL_MODEL = -1
"""`fold` of a row that was predicted by the model fitted to all training runs."""

TITLE = "Predictions of runs that the fit has not seen"

_EXACTLY: Any = {"data_vars": "minimal", "coords": "minimal", "compat": "equals", "join": "exact"}
"""Of files put one behind the other: what is not of the rows is the same in all."""


def predict_rows(emulator: Emulator, table: "Table") -> "xr.Dataset":
    """What the model fitted to all training runs says, in transformed units, of every row of `table`.

    Raises:
        ValueError: a row is of the training role, or its design point was in the model's training runs, under its
            own name or another.
    """
    _refuse_training(emulator, table)
    return _predicted(emulator, table, FULL_MODEL)


def predict_out_of_fold(emulators: Iterable[Emulator], table: "Table") -> "xr.Dataset":
    """What is said of training runs: of each by the one emulator, `fold` its number, that was not given its point.

    Which emulator saw what is read from the emulators themselves, not from their order. They are taken one after the
    other, and none is kept.

    Raises:
        ValueError: a row was held out by no emulator or by several.
    """
    import xarray as xr  # imported here: using an emulator does not need it

    points = fingerprints(table.groups, table.inputs)
    times = np.zeros(len(table), dtype=int)
    parts, places = [], []
    for number, emulator in enumerate(emulators):
        held_out = ~np.isin(table.groups, emulator.metadata.seen.common(points))
        parts.append(_predicted(emulator, table.select(held_out), number))
        places.append(np.flatnonzero(held_out))
        times += held_out
    if (times != 1).any():
        group, found = table.groups[times != 1][0], times[times != 1][0]
        raise ValueError(f"training run {group} must be held out by exactly one fold's fit, not by {found}")
    return xr.concat(parts, "row", **_EXACTLY).isel(row=np.argsort(np.concatenate(places)))


def predict_sealed(
    paths: Sequence[str], table: "Table", fold_emulators: Iterable[Iterable[Emulator]]
) -> tuple[list["xr.Dataset"], dict[str, Seen]]:
    """The predictions of sealed rows by each emulator at `paths`, and what each has seen, by its path.

    `fold_emulators` are those of the same families, fitted without each fold.
    """
    emulators = {path: Emulator.load(path) for path in paths}
    predictions = [
        _of_family(emulator, of_folds, table)
        for emulator, of_folds in zip(emulators.values(), fold_emulators, strict=True)
    ]
    return predictions, {path: emulator.metadata.seen for path, emulator in emulators.items()}


def predict_open(
    emulators: Iterable[Emulator],
    table: "Table",
    out_of_fold: "Iterable[xr.Dataset]",
    fold_emulators: Iterable[Iterable[Emulator]],
) -> "xr.Dataset":
    """predictions.nc: what every family says of all open runs.

    Args:
        emulators: of each family, fitted to all training runs; they predict the rows of `table`.
        table: the open runs that are no training runs.
        out_of_fold: of each family, the predictions of the training runs.
        fold_emulators: of each family, fitted without each fold; of training runs their means are not told, for each
            run has the one prediction that is out of fold.

    Raises:
        ValueError: as `predict_rows`; or the families were not given the same runs.
    """
    import xarray as xr

    others = _side_by_side(
        _of_family(emulator, of_folds, table)
        for emulator, of_folds in zip(emulators, fold_emulators, strict=True)
    )
    training = _side_by_side(out_of_fold)
    untold = xr.full_like(others["fold_mean"].isel(row=0, drop=True), np.nan)
    training = training.assign(fold_mean=untold.expand_dims(row=training.sizes["row"]))
    rows = xr.concat([others, training], "row", **_EXACTLY)
    return rows.assign_attrs(title="Predictions of all open runs by emulators that have not seen them")


def by_name(table: "Table") -> dict[str, np.ndarray]:
    """All that is given by name, as `Emulator.predict` takes it."""
    return {column.name: table.given[:, index] for index, column in enumerate(table.columns)}


def prediction_of(emulator: Emulator, table: "Table") -> Prediction:
    """The emulator's prediction of the rows and outputs of `table`; NaN for an output that it has not learned."""
    return emulator.predict(by_name(table), outside="nan").of_outputs(table.outputs)


def _refuse_training(emulator, table):
    training = table.role == TRAINING_ROLE
    if training.any():
        raise ValueError(f"training run {table.groups[training][0]} is to be predicted out of fold alone")
    given = emulator.metadata.seen.common(fingerprints(table.groups, table.inputs))
    if given:
        raise ValueError(f"run {given[0]} has not the role {TRAINING_ROLE!r}, yet the fit saw it")


def _predicted(emulator: Emulator, table: "Table", fold: int) -> "xr.Dataset":
    """What the emulator of this fold says of every row."""
    prediction = prediction_of(emulator, table)
    rows = _rows(table, fold, emulator.metadata.family)
    found = functionals_of(prediction, table.targets)
    return rows.assign(variables_of(found)).assign(quantile=quantiles_of(prediction))


def _of_family(emulator: Emulator, of_folds: Iterable[Emulator], table: "Table") -> "xr.Dataset":
    """As `predict_rows`, with the means by the emulators fitted without each fold."""
    means = np.stack([_mean(each, table) for each in of_folds], axis=-1)
    meaning = "predicted mean of the transformed output by the emulator fitted without the fold"
    return predict_rows(emulator, table).assign(
        fold_mean=_described(means, meaning, ("row", "output", "held_out_fold"))
    )


def _mean(emulator: Emulator, table: "Table") -> np.ndarray:
    _refuse_training(emulator, table)
    return prediction_of(emulator, table).transformed_mean


def _side_by_side(predictions):
    """Several families' predictions of the same rows along `family`."""
    import xarray as xr

    predictions = list(predictions)
    names = xr.Variable(
        "family", [each.attrs["family"] for each in predictions], {"long_name": "family of emulators"}
    )
    own = [name for name in predictions[0] if name not in _ROW_VARIABLES]
    # What is not the family's own must be equal.
    return xr.concat(
        [each.drop_attrs(deep=False) for each in predictions],
        xr.DataArray(names, name="family"),
        data_vars=own,
        coords="minimal",
        compat="equals",
        join="exact",
    )


_ROW_VARIABLES = ("target", "input", "role", "fold", "group", "block", "replicate", "usable")
"""What says which runs the rows are; all else of a dataset of predictions is what is said of them."""


def _described(values, long_name, dimensions=("row", "output")):
    return dimensions, values, {"long_name": long_name, "units": "1"}


def _rows(table: "Table", fold: int, family: str) -> "xr.Dataset":
    """The rows of `table` and where they come from, in a dataset that predictions of them are put into."""
    import xarray as xr

    from nbody_emulator.quantities.coordinates import output_coordinates, parameter_coordinates

    by_row, folds = ("row",), np.full(len(table), fold)
    variables = {
        "target": _described(table.targets, "transformed output of the simulation"),
        "input": (
            ("row", "parameter"),
            table.inputs,
            {"long_name": "parameters", "units_by": "parameter_units"},
        ),
        "role": _described(table.role.astype(str), "role of the run's set", by_row),
        "fold": _described(folds, "fold model that made the prediction, -1 = the full model", by_row),
        "group": _described(table.groups.astype(str), "design point as stream/block/point", by_row),
        "block": _described(table.blocks, "block of the design", by_row),
        "replicate": _described(table.replicates, "number of the repetition at the design point", by_row),
        "usable": _described(table.usable.astype(np.int8), "1 if the run passed its audit", by_row),
    }
    coordinates = output_coordinates(table.outputs) | parameter_coordinates(table.parameters)
    return xr.Dataset(variables, coordinates, attrs={"title": TITLE, "family": family})
