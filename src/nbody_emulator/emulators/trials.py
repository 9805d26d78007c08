"""Many fits judged on the same repeated runs: learning curves and ladders of complexity."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.learnable import fit_learnable
from nbody_emulator.emulators.prediction_variables import functionals_of, variables_of
from nbody_emulator.emulators.register import FAMILIES, TRIALS
from nbody_emulator.emulators.rows import prediction_of
from nbody_emulator.seen import Seen, fingerprints, seen_variables

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.tables import Table


RUNG_TUNING = {"candidates": 1, "folds": 2}
"""A rung has nothing to choose; two inner folds give its variance. The bias-variance figure uses its mean."""


class Fit(NamedTuple):
    """One fit of a trial.

    Attributes:
        training_set: number of its training set among those of its size.
        training_runs: runs in that set, with or without targets: the size in a learning curve.
        complexity: degree or width of a ladder's rung, 0 for a tuned family.
        emulator: what came of it.
    """

    training_set: int
    training_runs: int
    complexity: int
    emulator: Emulator


class _Judged(NamedTuple):
    """What is kept of a fit: its first three facts, what it has seen, and what it says of the noise runs."""

    training_set: int
    training_runs: int
    complexity: int
    seen: Seen
    functionals: Mapping[str, np.ndarray]


def run_trial(training: "Table", noise: "Table", specification: Mapping) -> "xr.Dataset":
    """trial.nc: the predictions, for every row of `noise`, of fits to parts of `training`.

    Args:
        training: training runs in blocks.
        noise: runs repeated at the same design points.
        specification: `kind` "curve" with `family`, `settings`, `tuning`; or `kind` "ladder" with `ladder`
            (a family that forms one), `rungs`, `settings` and, if wanted, `tuning`. Both with `seed`, `stream` and
            `sizes` of the training sets, each `blocks` and the number of disjoint `sets`.

    Raises:
        ValueError: a fit has seen a design point of `noise`, under its own name or another.
    """
    # One at a time: all fits together would not fit into memory.
    judged = [_judged(each, noise) for each in TRIALS.load(specification["kind"])(training, specification)]
    return _dataset(judged, noise, specification)


def curve_fits(training: "Table", specification: Mapping) -> Iterator[Fit]:
    """The tuned family, fitted to every training set of every size."""
    for size in specification["sizes"]:
        for number, table in enumerate(training_sets(training, size)):
            stream = [*specification["stream"], f"curve-{size['blocks']}", "set", number]
            yield Fit(number, len(table), 0, fit_learnable(table, {**specification, "stream": stream})[0])


def ladder_fits(training: "Table", specification: Mapping) -> Iterator[Fit]:
    """Every rung of the ladder, untuned, fitted to every training set."""
    family = FAMILIES.load(specification["ladder"])(**specification["settings"])
    sets = [each for size in specification["sizes"] for each in enumerate(training_sets(training, size))]
    for complexity in specification["rungs"]:
        for number, table in sets:
            rung = family.rung(int(complexity))
            fitted = {
                **specification,
                "family": specification["ladder"],
                "settings": rung.settings,
                "hyperparameters": rung.hyperparameters,
                "stream": [*specification["stream"], "rung", int(complexity), "set", number],
                "tuning": specification.get("tuning", RUNG_TUNING),
            }
            yield Fit(number, len(table), int(complexity), fit_learnable(table, fitted)[0])


def training_sets(training: "Table", size: Mapping) -> "Iterator[Table]":
    """`size["sets"]` disjoint sets of `size["blocks"]` consecutive blocks."""
    for number in range(size["sets"]):
        yield training.select(training.blocks // size["blocks"] == number)


def _judged(fit: Fit, noise: "Table") -> _Judged:
    seen = fit.emulator.facts.seen
    common = seen.common(fingerprints(noise.groups, noise.inputs))
    if common:
        raise ValueError(f"the noise run {common[0]} is to judge a trial, yet one of its fits saw it")
    return _Judged(*fit[:3], seen, functionals_of(prediction_of(fit.emulator, noise), noise.targets))


def _dataset(judged, noise, specification):
    import xarray as xr  # imported here: using an emulator does not need it

    def described(dimensions, values, long_name):
        return dimensions, values, {"long_name": long_name, "units": "1"}

    names = judged[0].functionals
    found = {name: np.stack([each.functionals[name] for each in judged]) for name in names}
    variables = variables_of(found, ("fit", "row")) | {
        "target": described(("row", "output"), noise.targets, "transformed output of the simulation"),
        "group": described(("row",), noise.groups.astype(str), "design point as stream/block/point"),
        "replicate": described(("row",), noise.replicates, "number of the repetition at the design point"),
    }
    variables |= seen_variables([each.seen for each in judged])
    coordinates = {
        "training_set": described(
            ("fit",), [each.training_set for each in judged], "number of the training set of its size"
        ),
        "training_runs": described(
            ("fit",), [each.training_runs for each in judged], "runs the fit was given"
        ),
        "complexity": described(
            ("fit",), [each.complexity for each in judged], "degree or width; 0 for a tuned family"
        ),
        "output": ("output", [output.name for output in noise.outputs], {"long_name": "emulated output"}),
    }
    name = specification.get("family", specification.get("ladder"))
    title = "Predictions of the repeated runs by fits to parts of the training runs"
    attributes = {"title": title, "family": name, "kind": specification["kind"]}
    return xr.Dataset(variables, coordinates, attrs=attributes)
