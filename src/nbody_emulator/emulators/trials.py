"""Many fits judged on the same repeated runs: learning curves and ladders of complexity."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fitting import fit
from nbody_emulator.emulators.register import FAMILIES, TRIALS
from nbody_emulator.emulators.rows import by_name
from nbody_emulator.seen import fingerprints, seen_variables

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.tables import Table


RUNG_TUNING = {"candidates": 1, "folds": 2}
"""A rung has nothing to choose; two inner folds give its variance. The bias-variance figure uses its mean."""


class Fit(NamedTuple):
    """One fit of a trial.

    Attributes:
        training_set: number of its training table.
        training_runs: runs in that table, with or without targets: the size in a learning curve.
        complexity: degree or width of a ladder's rung, 0 for a tuned family.
    """

    training_set: int
    training_runs: int
    complexity: int
    emulator: Emulator


def run_trial(training: "Sequence[Table]", noise: "Table", specification: Mapping) -> "xr.Dataset":
    """trial.nc: the predictions, for every row of `noise`, of fits to every table of `training`.

    Args:
        training: independent training tables.
        noise: runs repeated at the same design points.
        specification: `kind` "family" with `family`, `settings`, `tuning`; or `kind` "ladder" with `ladder`
            (a family that forms one), `rungs`, `settings` and, if wanted, `tuning`. Both
            with `seed` and `stream`.

    Raises:
        ValueError: a fit has seen a design point of `noise`, under its own name or another.
    """
    fits = list(TRIALS.load(specification["kind"])(training, specification))
    _refuse_seen(fits, noise)
    predictions = [fit.emulator.predict(by_name(noise), outside="nan") for fit in fits]
    return _dataset(fits, predictions, noise, specification)


def family_fits(training: "Sequence[Table]", specification: Mapping) -> Iterator[Fit]:
    """The tuned family, fitted to each training table."""
    for number, table in enumerate(training):
        stream = [*specification["stream"], "set", number]
        yield Fit(number, len(table.groups), 0, fit(table, {**specification, "stream": stream})[0])


def ladder_fits(training: "Sequence[Table]", specification: Mapping) -> Iterator[Fit]:
    """Every rung of the ladder, untuned, fitted to each training table."""
    rung = FAMILIES.load(specification["ladder"]).rung
    for complexity in specification["rungs"]:
        for number, table in enumerate(training):
            fitted = {
                **specification,
                "family": specification["ladder"],
                "hyperparameters": rung(int(complexity)),
                "stream": [*specification["stream"], "rung", int(complexity), "set", number],
                "tuning": specification.get("tuning", RUNG_TUNING),
            }
            yield Fit(number, len(table.groups), int(complexity), fit(table, fitted)[0])


def _refuse_seen(fits: Sequence[Fit], noise: "Table") -> None:
    points = fingerprints(noise.groups, noise.inputs)
    common = next(filter(None, (fit.emulator.facts.seen.common(points) for fit in fits)), None)
    if common:
        raise ValueError(f"the noise run {common[0]} is to judge a trial, yet one of its fits saw it")


def _dataset(fits, predictions, noise, specification):
    import xarray as xr  # imported here: using an emulator does not need it

    def described(dimensions, values, long_name):
        return dimensions, values, {"long_name": long_name, "units": "1"}

    by_fit = ("fit", "row", "output")
    variables = {
        "mean": described(
            by_fit, np.stack([each.mean for each in predictions]), "predicted mean, transformed"
        ),
        "variance": described(
            by_fit, np.stack([each.variance for each in predictions]), "total variance, transformed"
        ),
        "target": described(("row", "output"), noise.targets, "transformed output of the simulation"),
        "group": described(("row",), noise.groups.astype(str), "design point as stream/block/point"),
        "replicate": described(("row",), noise.replicates, "number of the repetition at the design point"),
    }
    variables |= seen_variables([fit.emulator.facts.seen for fit in fits])
    coordinates = {
        "training_set": described(
            ("fit",), [each.training_set for each in fits], "number of the training table"
        ),
        "training_runs": described(("fit",), [each.training_runs for each in fits], "runs the fit was given"),
        "complexity": described(
            ("fit",), [each.complexity for each in fits], "degree or width; 0 for a tuned family"
        ),
        "output": ("output", [output.name for output in noise.outputs], {"long_name": "emulated output"}),
    }
    name = specification.get("family", specification.get("ladder"))
    return xr.Dataset(variables, coordinates, attrs={"family": name, "kind": specification["kind"]})
