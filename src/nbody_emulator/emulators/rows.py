"""Predictions for every run of an experiment: out of fold for the training runs, by the full models for the
others.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import jax
import numpy as np

from nbody_emulator.emulators.distributions.variables import CLASSES, classes_of, distribution_in
from nbody_emulator.emulators.distributions.variables import variables_of as distribution_variables
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.prediction_variables import functionals_of, quantiles_of, variables_of
from nbody_emulator.identity.seen_points import TRAINING_ROLE, Seen, fingerprints

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.quantity import Output
    from nbody_emulator.quantities.tables import Table

FULL_MODEL = -1
"""`fold` of a row that was predicted by the model fitted to all training runs."""

TITLE = "Predictions of runs that the fit has not seen"


def predict_rows(emulator: Emulator, table: "Table", levels: Sequence[float]) -> "xr.Dataset":
    """What the model fitted to all training runs says, in transformed units, of every row of `table`.

    Raises:
        ValueError: a row is of the training role, or its design point was in the model's training runs, under its
            own name or another.
    """
    _refuse_training(emulator, table)
    rows = _rows(table, np.full(len(table), FULL_MODEL), emulator.facts.family)
    return _with_functionals(rows, prediction_of(emulator, table), levels)


def predict_out_of_fold(emulators: Iterable[Emulator], table: "Table") -> "xr.Dataset":
    """The distributions predicted of training runs: each by the one emulator, `fold` its number, that was not given its
    point.

    Which emulator saw what is read from the emulators themselves, not from their order. They are taken one after the
    other, and none is kept.

    Raises:
        ValueError: a row was held out by no emulator or by several.
    """
    points = fingerprints(table.groups, table.inputs)
    fold, times = np.full(len(table), FULL_MODEL), np.zeros(len(table), dtype=int)
    parts, places = [], []
    for number, emulator in enumerate(emulators):
        held_out = ~np.isin(table.groups, emulator.facts.seen.common(points))
        parts.append(prediction_of(emulator, table.select(held_out)))
        places.append(np.flatnonzero(held_out))
        fold[held_out] = number
        times += held_out
    if (times != 1).any():
        group, found = table.groups[times != 1][0], times[times != 1][0]
        raise ValueError(f"training run {group} must be held out by exactly one fold's fit, not by {found}")
    order = np.argsort(np.concatenate(places))
    distribution, existence, scale = jax.tree.map(
        lambda *leaves: np.concatenate(leaves)[order],
        *((part.distribution, part.existence, part.scale) for part in parts),
    )
    rows = _rows(table, fold, emulator.facts.family).assign_attrs({CLASSES: classes_of(distribution)})
    return rows.assign(
        distribution_variables(distribution)
        | {
            "existence": _described(existence, "predicted probability that a run has the output at all"),
            "scale": _described(scale, "spread of the output over the runs the fit was given"),
        }
    )


def predict_sealed(
    paths: Sequence[str], table: "Table", levels: Sequence[float]
) -> tuple[list["xr.Dataset"], dict[str, Seen]]:
    """The predictions of sealed rows by each emulator at `paths`, and what each has seen, by its path."""
    emulators = {path: Emulator.load(path) for path in paths}
    predictions = [predict_rows(emulator, table, levels) for emulator in emulators.values()]
    return predictions, {path: emulator.facts.seen for path, emulator in emulators.items()}


def predict_open(
    emulators: Iterable[Emulator],
    table: "Table",
    out_of_fold: "Iterable[xr.Dataset]",
    levels: Sequence[float],
) -> "xr.Dataset":
    """predictions.nc: what every family says of all open runs.

    Args:
        emulators: of each family, fitted to all training runs; they predict the rows of `table`.
        table: the open runs that are no training runs.
        out_of_fold: of each family, the distributions predicted of the training runs.
        levels: probabilities of the central intervals whose ends are kept.

    Raises:
        ValueError: as `predict_rows`; or the families were not given the same runs.
    """
    import xarray as xr  # imported here: using an emulator does not need it

    others = _side_by_side(predict_rows(emulator, table, levels) for emulator in emulators)
    training = _side_by_side(_read_off(each, table.outputs, levels) for each in out_of_fold)
    rows = xr.concat(
        [others, training], "row", data_vars="minimal", coords="minimal", compat="equals", join="exact"
    )
    return rows.assign_attrs(title="Predictions of all open runs by emulators that have not seen them")


def by_name(table: "Table") -> dict[str, np.ndarray]:
    """The inputs by parameter name, as `Emulator.predict` takes them."""
    return {parameter.name: table.inputs[:, index] for index, parameter in enumerate(table.parameters)}


def prediction_of(emulator: Emulator, table: "Table") -> Prediction:
    """The emulator's prediction of the rows and outputs of `table`; NaN for an output that it has not learned."""
    return emulator.predict(by_name(table), outside="nan").of_outputs(table.outputs)


def _refuse_training(emulator, table):
    training = table.role == TRAINING_ROLE
    if training.any():
        raise ValueError(f"training run {table.groups[training][0]} is to be predicted out of fold alone")
    given = emulator.facts.seen.common(fingerprints(table.groups, table.inputs))
    if given:
        raise ValueError(f"run {given[0]} has not the role {TRAINING_ROLE!r}, yet the full model saw it")


def _read_off(
    out_of_fold: "xr.Dataset", outputs: "tuple[Output, ...]", levels: Sequence[float]
) -> "xr.Dataset":
    """The functionals of the distributions in out_of_fold.nc, in place of these."""
    distribution = distribution_in(out_of_fold)
    existence, scale = (out_of_fold[name].values for name in ("existence", "scale"))
    prediction = Prediction(outputs, distribution, existence, scale)
    kept = [name for name in out_of_fold if not str(name).startswith(f"{CLASSES}_") and name != "scale"]
    return _with_functionals(out_of_fold[kept], prediction, levels)


def _with_functionals(rows: "xr.Dataset", prediction: Prediction, levels: Sequence[float]) -> "xr.Dataset":
    found = functionals_of(prediction, rows["target"].values)
    return rows.assign(variables_of(found)).assign(quantile=quantiles_of(prediction, levels))


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


def _rows(table: "Table", fold: np.ndarray, family: str) -> "xr.Dataset":
    """The rows of `table` and where they come from, in a dataset that predictions of them are put into."""
    import xarray as xr

    from nbody_emulator.quantities.coordinates import output_coordinates, parameter_coordinates

    by_row = ("row",)
    variables = {
        "target": _described(table.targets, "transformed output of the simulation"),
        "input": (
            ("row", "parameter"),
            table.inputs,
            {"long_name": "parameters", "units_by": "parameter_units"},
        ),
        "role": _described(table.role.astype(str), "role of the run's set", by_row),
        "fold": _described(fold, "fold model that made the prediction, -1 = the full model", by_row),
        "group": _described(table.groups.astype(str), "design point as stream/block/point", by_row),
        "block": _described(table.blocks, "block of the design", by_row),
        "replicate": _described(table.replicates, "number of the repetition at the design point", by_row),
        "usable": _described(table.usable.astype(np.int8), "1 if the run passed its audit", by_row),
    }
    coordinates = output_coordinates(table.outputs) | parameter_coordinates(table.parameters)
    return xr.Dataset(variables, coordinates, attrs={"title": TITLE, "family": family})
