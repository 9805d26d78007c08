"""Many fits judged on the same repeated runs: learning curves and ladders."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.family import AbstractFamily
from nbody_emulator.emulators.learnable import fit_learnable
from nbody_emulator.emulators.prediction_variables import functionals_of, variables_of
from nbody_emulator.emulators.register import FAMILIES, TRIALS
from nbody_emulator.emulators.rows import prediction_of
from nbody_emulator.identity.seen_points import Seen, fingerprints, seen_variables
from nbody_emulator.settings.protocol import TrainingSetSize, Tuning
from nbody_emulator.settings.rows import Trial

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table


RUNG_TUNING = Tuning(candidates=1, folds=2)
"""A rung has nothing to choose; two inner folds give its width and its shape."""


class Fit(NamedTuple):
    """One fit of a trial.

    Attributes:
        training_set: number of its training set among those of its size.
        training_runs: runs in that set, with or without targets: the size in a learning curve.
        rung: of a ladder, 0 for a tuned family.
        emulator: what came of it.
    """

    training_set: int
    training_runs: int
    rung: float
    emulator: Emulator


class _Judged(NamedTuple):
    """What is kept of a fit: its first three facts, what it has seen, what it says of the noise runs, the covariance
    of its predictions, and how many coefficients it left out.
    """

    training_set: int
    training_runs: int
    rung: float
    seen: Seen
    functionals: Mapping[str, np.ndarray]
    covariance: np.ndarray
    zero_coefficients: np.ndarray


def run_trial(training: "Table", noise: "Table", trial: Trial) -> "xr.Dataset":
    """trial.nc: the predictions, for every row of `noise`, of fits to parts of `training`.

    Args:
        training: training runs in blocks.
        noise: runs repeated at the same design points.
        trial: which fits, and to which training sets.

    Raises:
        ValueError: a fit has seen a design point of `noise`, under its own name or another.
    """
    # One at a time: all fits together would not fit into memory.
    family = FAMILIES.load(trial.family)(**trial.settings)
    judged = [_judged(each, family, noise) for each in TRIALS.load(trial.kind)(training, trial)]
    return _dataset(judged, noise, trial)


def curve_fits(training: "Table", trial: Trial) -> Iterator[Fit]:
    """The tuned family, fitted to every training set of every size."""
    for size in trial.sizes:
        for number, table in enumerate(training_sets(training, size)):
            stream = (*trial.stream, f"curve-{size.blocks}", "set", number)
            yield Fit(number, len(table), 0, fit_learnable(table, trial.changed(stream=stream))[0])


def ladder_fits(training: "Table", trial: Trial) -> Iterator[Fit]:
    """Every rung of the ladder, untuned, fitted to every training set.

    All rungs draw the same random numbers: they differ by what the rung changes alone.
    """
    family = FAMILIES.load(trial.family)(**trial.settings)
    sets = [each for size in trial.sizes for each in enumerate(training_sets(training, size))]
    for rung in trial.rungs:
        method = family.rung(trial.ladder, rung)
        for number, table in sets:
            fitted = trial.changed(
                settings=method.settings,
                hyperparameters=method.hyperparameters | method.inner_values,
                tuning=RUNG_TUNING,
                stream=(*trial.stream, "set", number),
            )
            yield Fit(number, len(table), rung, fit_learnable(table, fitted)[0])


def training_sets(training: "Table", size: TrainingSetSize) -> "Iterator[Table]":
    """Disjoint sets of consecutive blocks."""
    for number in range(size.sets):
        yield training.select(training.blocks // size.blocks == number)


def _judged(fit: Fit, family: AbstractFamily, noise: "Table") -> _Judged:
    seen = fit.emulator.metadata.seen
    common = seen.common(fingerprints(noise.groups, noise.inputs))
    if common:
        raise ValueError(f"the noise run {common[0]} is to judge a trial, yet one of its fits saw it")
    prediction = prediction_of(fit.emulator, noise)
    functionals = functionals_of(prediction, noise.targets)
    zeros = _zero_coefficients(fit.emulator, family, noise)
    return _Judged(*fit[:3], seen, functionals, prediction.transformed_covariance, zeros)


def _zero_coefficients(emulator: Emulator, family: AbstractFamily, noise: "Table") -> np.ndarray:
    """Those of each output of `noise` (q,); NaN where the family counts none, or the output was not learned."""
    counted = family.zero_coefficients(emulator.model.model)
    learned = [output.name for output in emulator.outputs]
    found = dict(zip(learned, [] if counted is None else counted.tolist(), strict=counted is not None))
    return np.array([found.get(output.name, np.nan) for output in noise.outputs], dtype=float)


def _dataset(judged: list[_Judged], noise: "Table", trial: Trial) -> "xr.Dataset":
    import xarray as xr  # imported here: using an emulator does not need it

    from nbody_emulator.quantities.coordinates import output_coordinates

    def described(dimensions, values, long_name):
        return dimensions, values, {"long_name": long_name, "units": "1"}

    names = judged[0].functionals
    found = {name: np.stack([each.functionals[name] for each in judged]) for name in names}
    variables = variables_of(found, ("fit", "row")) | {
        "covariance": described(
            ("fit", "row", "output", "other_output"),
            np.stack([each.covariance for each in judged]),
            "predicted covariance of the transformed outputs",
        ),
        "zero_coefficients": described(
            ("fit", "output"),
            np.stack([each.zero_coefficients for each in judged]),
            "coefficients that are exactly zero; NaN where the family counts none",
        ),
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
        "rung": described(
            ("fit",), [float(each.rung) for each in judged], "of the ladder; 0 for a tuned family"
        ),
        "other_output": (
            "other_output",
            [output.name for output in noise.outputs],
            {"long_name": "the other output of a covariance"},
        ),
        **output_coordinates(noise.outputs),
    }
    title = "Predictions of the repeated runs by fits to parts of the training runs"
    attributes = {"title": title, "family": trial.family, "kind": trial.kind, "ladder": trial.ladder}
    return xr.Dataset(variables, coordinates, attrs=attributes)
