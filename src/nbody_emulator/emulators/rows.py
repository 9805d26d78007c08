"""Predictions for every run of an experiment: out of fold for the training runs, by the full model for the
others.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.seen import TRAINING_ROLE, Seen, fingerprints

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.tables import Table

FULL_MODEL = -1
"""`fold` of a row that was predicted by the model fitted to all training runs."""


def predict_rows(
    fold_emulators: Sequence[Emulator], full_emulator: Emulator, table: "Table", specification: Mapping
) -> "xr.Dataset":
    """predictions.nc: mean, variance and model variance of every row of `table`, in transformed units.

    A row of role "training" is predicted by the one fold model that was not given its design point; every
    other row by `full_emulator`. Which model saw what is read from the emulators themselves, not from the
    order of the list.

    Args:
        specification: `family`, kept as an attribute.

    Raises:
        ValueError: a training row was held out by no fold model or by several, or another row's design point
            was in the full model's training runs, under its own name or another.
    """
    fold = held_out_by(fold_emulators, full_emulator, table)
    shape = table.targets.shape
    answers = {name: np.full(shape, np.nan) for name in ("mean", "variance", "model_variance")}
    for number in np.unique(fold):
        rows = fold == number
        emulator = full_emulator if number == FULL_MODEL else fold_emulators[number]
        prediction = emulator.predict(by_name(table, rows), outside="nan")
        for name, values in answers.items():
            values[rows] = getattr(prediction, name)
    return _dataset(answers, fold, table, specification)


def predict_sealed(paths: Sequence[str], table: "Table") -> tuple[list["xr.Dataset"], dict[str, Seen]]:
    """predictions.nc of sealed rows by each emulator at `paths`, and what each has seen, by its path."""
    emulators = {path: Emulator.load(path) for path in paths}
    predictions = [
        predict_rows([], emulator, table, {"family": emulator.facts.family})
        for emulator in emulators.values()
    ]
    return predictions, {path: emulator.facts.seen for path, emulator in emulators.items()}


def by_name(table: "Table", rows=slice(None)) -> dict[str, np.ndarray]:
    """The inputs of `rows` by parameter name, as `Emulator.predict` takes them."""
    return {parameter.name: table.inputs[rows, index] for index, parameter in enumerate(table.parameters)}


def held_out_by(fold_emulators: Sequence[Emulator], full_emulator: Emulator, table: "Table") -> np.ndarray:
    """(n,) number of the fold model that predicts each row, `FULL_MODEL` for rows that are not training."""
    points = fingerprints(table.groups, table.inputs)
    given = [set(emulator.facts.seen.common(points)) for emulator in fold_emulators]
    given_to_full = set(full_emulator.facts.seen.common(points))
    return np.array(
        [
            _the_one(given, str(group)) if role == TRAINING_ROLE else _full(given_to_full, str(group))
            for group, role in zip(table.groups, table.role, strict=True)
        ],
        dtype=int,
    )


def _the_one(given, group):
    folds = [number for number, groups in enumerate(given) if group not in groups]
    if len(folds) != 1:
        raise ValueError(f"training run {group} must be held out by exactly one fold model, not by {folds}")
    return folds[0]


def _full(given, group):
    if group in given:
        raise ValueError(f"run {group} has not the role {TRAINING_ROLE!r}, yet the full model saw it")
    return FULL_MODEL


def _dataset(answers, fold, table, specification):
    import xarray as xr  # imported here: using an emulator does not need it

    def described(dimensions, values, long_name, units="1"):
        return dimensions, values, {"long_name": long_name, "units": units}

    by_output, by_row = ("row", "output"), ("row",)
    long_names = {
        "mean": "predicted mean of the transformed output",
        "variance": "total predictive variance of the transformed output",
        "model_variance": "part of the variance that more training runs would remove",
    }
    variables = {name: described(by_output, answers[name], long_names[name]) for name in answers}
    variables |= {
        "target": described(by_output, table.targets, "transformed output of the simulation"),
        "input": described(("row", "parameter"), table.inputs, "parameter, in its parameter_units"),
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
    return xr.Dataset(variables, coordinates, attrs={"family": specification["family"]})
