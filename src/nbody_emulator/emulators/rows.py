"""Predictions for every run of an experiment: out of fold for the training runs, by the full models for the
others.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.seen import TRAINING_ROLE, Seen, fingerprints

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.tables import Table

FULL_MODEL = -1
"""`fold` of a row that was predicted by the model fitted to all training runs."""

ANSWERS = {
    "mean": "predicted mean of the transformed output",
    "variance": "total predictive variance of the transformed output",
    "model_variance": "part of the variance that more training runs would remove",
}


SCORES = {
    "log_density": "logarithm of the predicted density at the target",
    "z": "standard normal's quantile of the predicted probability below the target",
    "crps": "continuous ranked probability score of the prediction at the target",
}
"""What a predicted distribution says of the target; NaN where there is none."""


def predict_rows(emulator: Emulator, table: "Table") -> "xr.Dataset":
    """The predictions, in transformed units, of every row of `table` by the model fitted to all training runs.

    Raises:
        ValueError: a row is of the training role, or its design point was in the model's training runs, under its
            own name or another.
    """
    _refuse_training(emulator, table)
    fold = np.full(len(table), FULL_MODEL)
    return _dataset(answers_of(emulator, table), fold, table, emulator.facts.family)


def predict_out_of_fold(emulators: Iterable[Emulator], table: "Table") -> "xr.Dataset":
    """The predictions of training runs: each by the one emulator, `fold` its number, that was not given its point.

    Which emulator saw what is read from the emulators themselves, not from their order. They are taken one after the
    other, and none is kept.

    Raises:
        ValueError: a row was held out by no emulator or by several.
    """
    points = fingerprints(table.groups, table.inputs)
    answers = {name: np.full(table.targets.shape, np.nan) for name in ANSWERS | SCORES}
    fold, times = np.full(len(table), FULL_MODEL), np.zeros(len(table), dtype=int)
    for number, emulator in enumerate(emulators):
        held_out = ~np.isin(table.groups, emulator.facts.seen.common(points))
        for name, values in answers_of(emulator, table.select(held_out)).items():
            answers[name][held_out] = values
        fold[held_out] = number
        times += held_out
    if (times != 1).any():
        group, found = table.groups[times != 1][0], times[times != 1][0]
        raise ValueError(f"training run {group} must be held out by exactly one fold's fit, not by {found}")
    return _dataset(answers, fold, table, emulator.facts.family)


def predict_sealed(paths: Sequence[str], table: "Table") -> tuple[list["xr.Dataset"], dict[str, Seen]]:
    """The predictions of sealed rows by each emulator at `paths`, and what each has seen, by its path."""
    emulators = {path: Emulator.load(path) for path in paths}
    predictions = [predict_rows(emulator, table) for emulator in emulators.values()]
    return predictions, {path: emulator.facts.seen for path, emulator in emulators.items()}


def predict_open(
    emulators: Iterable[Emulator], table: "Table", out_of_fold: "Iterable[xr.Dataset]"
) -> "xr.Dataset":
    """predictions.nc: every family's predictions of all open runs.

    Args:
        emulators: of each family, fitted to all training runs; they predict the rows of `table`.
        table: the open runs that are no training runs.
        out_of_fold: of each family, its predictions of the training runs.

    Raises:
        ValueError: as `predict_rows`; or the families were not given the same runs.
    """
    import xarray as xr  # imported here: using an emulator does not need it

    others = _side_by_side(predict_rows(emulator, table) for emulator in emulators)
    training = _side_by_side(out_of_fold)
    rows = xr.concat(
        [others, training], "row", data_vars="minimal", coords="minimal", compat="equals", join="exact"
    )
    return rows.assign_attrs(title="Predictions of all open runs by emulators that have not seen them")


def by_name(table: "Table") -> dict[str, np.ndarray]:
    """The inputs by parameter name, as `Emulator.predict` takes them."""
    return {parameter.name: table.inputs[:, index] for index, parameter in enumerate(table.parameters)}


def _refuse_training(emulator, table):
    training = table.role == TRAINING_ROLE
    if training.any():
        raise ValueError(f"training run {table.groups[training][0]} is to be predicted out of fold alone")
    given = emulator.facts.seen.common(fingerprints(table.groups, table.inputs))
    if given:
        raise ValueError(f"run {given[0]} has not the role {TRAINING_ROLE!r}, yet the full model saw it")


def answers_of(emulator: Emulator, table: "Table") -> dict[str, np.ndarray]:
    """Each of ANSWERS and SCORES for the rows and outputs of `table`, (n, q); NaN for an output the emulator lacks."""
    prediction = emulator.predict(by_name(table), outside="nan")
    learned = [output.name for output in emulator.outputs]
    columns = [place for place, output in enumerate(table.outputs) if output.name in learned]
    answers = {name: np.full(table.targets.shape, np.nan) for name in ANSWERS | SCORES}
    for name in ANSWERS:
        answers[name][:, columns] = getattr(prediction, name)
    for name in SCORES:
        answers[name][:, columns] = getattr(prediction, name)(table.targets[:, columns])
    return answers


def _side_by_side(predictions):
    """Several families' predictions of the same rows along `family`."""
    import xarray as xr

    predictions = list(predictions)
    names = xr.Variable(
        "family", [each.attrs["family"] for each in predictions], {"long_name": "family of emulators"}
    )
    # What is not the family's own must be equal.
    return xr.concat(
        [each.drop_attrs(deep=False) for each in predictions],
        xr.DataArray(names, name="family"),
        data_vars=[*ANSWERS, *SCORES],
        coords="minimal",
        compat="equals",
        join="exact",
    )


def _dataset(answers, fold, table, family):
    import xarray as xr

    def described(dimensions, values, long_name, units="1"):
        return dimensions, values, {"long_name": long_name, "units": units}

    by_output, by_row = ("row", "output"), ("row",)
    variables = {
        name: described(by_output, answers[name], long_name) for name, long_name in (ANSWERS | SCORES).items()
    }
    variables |= {
        "target": described(by_output, table.targets, "transformed output of the simulation"),
        "input": (
            ("row", "parameter"),
            table.inputs,
            {"long_name": "parameters", "units_by": "parameter_units"},
        ),
        "role": described(by_row, table.role.astype(str), "role of the run's set"),
        "fold": described(by_row, fold, "fold model that made the prediction, -1 = the full model"),
        "group": described(by_row, table.groups.astype(str), "design point as stream/block/point"),
        "block": described(by_row, table.blocks, "block of the design"),
        "replicate": described(by_row, table.replicates, "number of the repetition at the design point"),
        "usable": described(by_row, table.usable.astype(np.int8), "1 if the run passed its audit"),
    }
    names, units = zip(*((parameter.name, parameter.unit) for parameter in table.parameters), strict=True)
    coordinates = {
        "output": ("output", [output.name for output in table.outputs], {"long_name": "emulated output"}),
        "output_units": (
            "output",
            [output.unit for output in table.outputs],
            {"long_name": "unit of the untransformed output"},
        ),
        "parameter": ("parameter", list(names), {"long_name": "varied parameter"}),
        "parameter_units": ("parameter", list(units), {"long_name": "unit of the parameter"}),
    }
    title = "Predictions of runs that the fit has not seen"
    return xr.Dataset(variables, coordinates, attrs={"title": title, "family": family})
