"""Fits one family to a table of runs: scale, compare candidates out of fold, fit the calibrator, fit on everything.

Seeds and targets of the held-out runs of an outer fold never come near here: the table holds the training
runs alone. Inside it, the inner folds (whole design points, the same for every family on the same stream)
choose the candidate and give the answers from which the calibrator is fitted. Both use the scaling of the
whole training part. A candidate's score contains a calibrator fitted to the very answers it is scored on: a few numbers
for hundreds of runs. Which state a run ends in is told by a model of its own, the same for every family, fitted to all
usable runs.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import jax
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.checks import checked_fitting, checked_table
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.family import AbstractFamily, History, Model
from nbody_emulator.emulators.metadata import Metadata
from nbody_emulator.emulators.one_thread import one_thread
from nbody_emulator.emulators.out_of_fold import OutOfFold
from nbody_emulator.emulators.outcome_model import OutcomeModel
from nbody_emulator.emulators.record import fitting_record
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.scaling import Scaler
from nbody_emulator.emulators.survival import Survival, fit_survival
from nbody_emulator.emulators.training import (
    TrainingSet,
    UnlearnableOutput,
    fit_scalers,
    grouped_folds,
    scale_rows,
    scaled_inputs,
    training_rows,
)
from nbody_emulator.identity.seen_points import Seen, fingerprints, record
from nbody_emulator.quantities.quantity import cluster_columns
from nbody_emulator.settings.rows import Fitting
from nbody_emulator.streams import generator, key_integer

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table


class _Trial(NamedTuple):
    """One candidate, judged out of fold, and the numbers of the design points it was fitted to or judged on."""

    family: AbstractFamily
    score: float
    calibrator: AbstractCalibrator
    seen: np.ndarray


class _Fitted(NamedTuple):
    """A model with its calibrator, how it came about, and the numbers of the design points each part saw."""

    model: Model
    calibrator: AbstractCalibrator
    history: History
    trials: Sequence[_Trial]
    chosen: int
    seen: Mapping[str, np.ndarray]


def fit(table: "Table", how: Fitting | Mapping) -> tuple[Emulator, "xr.Dataset"]:
    """The tuned emulator of one family, and the record of its fitting.

    Args:
        table: training runs; rows without any target are left out.
        how: a `Fitting`, or a mapping with its keys: `family`, `settings` (of the family), `tuning` {candidates,
            folds}, `seed`, `stream` (list of names); optionally `hyperparameters`, which are then used as they are, and
            `identity` and `description` (what the runs are of), kept in the header.

    Raises:
        TypeError: `table` is no Table, or a column of it holds something else than it should.
        ValueError: a column does not fit the parameters or outputs; they do not suit the family; a key of `how` is
            missing or wrong; a run lies outside the box, is not of the training role, or has a value that its output's
            transform has no answer for; an output has fewer than two values, or all in one inner fold; the table has
            fewer than two design points.
    """
    table, how = checked_table(table), checked_fitting(how)
    family = FAMILIES.load(how.family)(**dict(how.settings))
    unsuited = family.unsuited(table.columns, table.outputs)
    if unsuited:
        raise ValueError(str(unsuited))
    rows = training_rows(table)
    scalers = fit_scalers(rows)
    training = scale_rows(rows, scalers.inputs, scalers.outputs)
    folds = _inner_folds(training, [output.name for output in rows.outputs], how)
    with one_thread():
        fitted = _tune_and_fit(family, training, folds, how)
        survival = _survival(table, scalers.inputs)
        jax.block_until_ready(jax.tree.leaves(fitted.model))
    emulator = Emulator(
        outputs=tuple(rows.outputs),
        metadata=Metadata(
            family=how.family,
            hyperparameters=fitted.trials[fitted.chosen].family.hyperparameters,
            calibrator=family.calibrator,
            training_runs=len(rows.inputs),
            seen=_seen(table, rows, scalers.groups, fitted.seen),
            identity=how.identity,
            description=how.description,
        ),
        model=OutcomeModel(
            parameters=tuple(rows.columns),
            input_scaler=scalers.inputs,
            output_scaler=scalers.outputs,
            model=fitted.model,
            calibrator=fitted.calibrator,
            survival=survival,
        ),
    )
    return emulator, fitting_record(fitted.trials, fitted.chosen, fitted.history, emulator)


def _survival(table: "Table", input_scaler: Scaler) -> Survival:
    """Of all usable runs, those without any output too."""
    usable = table.select(table.usable)
    order = np.lexsort((usable.replicates, usable.groups))
    of_cluster = scaled_inputs(usable, input_scaler)[:, : cluster_columns(usable.columns)]
    return fit_survival(of_cluster[order], np.isfinite(usable.targets[order]))


def _seen(table: "Table", rows: "Table", scaled: np.ndarray, numbers: Mapping[str, np.ndarray]) -> Seen:
    """What each part saw: the scaler the groups `scaled`, the others the points `numbers` of `rows`."""
    names = np.unique(rows.groups.astype(str))
    by_part = {"scaler": scaled} | {part: names[of_part] for part, of_part in numbers.items()}
    seen = record(fingerprints(table.groups, table.inputs), by_part)
    seen.check("this fit")
    return seen


def _inner_folds(training: TrainingSet, outputs: Sequence[str], how: Fitting) -> np.ndarray:
    """The inner fold (n,) of every row; without any of them every output has values left to learn from."""
    stream = generator(how.seed, *how.stream, "inner-folds")
    folds = grouped_folds(training.groups, how.tuning.folds, stream)
    if folds.max() < 1:
        raise ValueError("a fit needs at least two design points and two inner folds")
    for output, observed in zip(outputs, training.observed.T, strict=True):
        if len(np.unique(folds[observed])) < 2:
            points = len(np.unique(training.groups[observed]))
            raise UnlearnableOutput(
                output,
                f"exists at {points} of the design points, all in one inner fold, without which nothing of it is left "
                "to learn; remove the output or add training runs",
            )
    return folds


def _tune_and_fit(family: AbstractFamily, training: TrainingSet, folds: np.ndarray, how: Fitting) -> _Fitted:
    seed, stream = how.seed, how.stream
    candidates = _candidates(family, how)
    trials = [
        _judge(
            candidate.while_comparing() if len(candidates) > 1 else candidate.while_calibrating(),
            training,
            folds,
            seed,
            (*stream, "tuning", number),
        )
        for number, candidate in enumerate(candidates)
    ]
    chosen = int(np.argmin([trial.score for trial in trials]))
    best, like_the_one_in_use = trials[chosen], candidates[chosen].while_calibrating()
    if best.family != like_the_one_in_use:
        # The calibrator is to be that of a model like the one in use, not of the cheapest that can be compared.
        best = _judge(like_the_one_in_use, training, folds, seed, (*stream, "variance"))
    model, history = candidates[chosen].fit(training, key_integer(seed, *stream, "final"))
    tuning = np.unique(np.concatenate([trial.seen for trial in (*trials, best)]))
    seen = {"tuning": tuning, "model": _observed_points(training)}
    return _Fitted(model, best.calibrator, history, trials, chosen, seen)


def _observed_points(training: TrainingSet) -> np.ndarray:
    return np.unique(training.groups[training.observed.any(axis=1)])


def _candidates(family: AbstractFamily, how: Fitting) -> list[AbstractFamily]:
    if how.hyperparameters is not None:
        return [family.changed(**how.hyperparameters)]
    return family.candidates(how.tuning.candidates)


def _judge(
    family: AbstractFamily,
    training: TrainingSet,
    folds: np.ndarray,
    seed: int,
    stream: tuple[str | int, ...],
) -> _Trial:
    """Fit one candidate once for each inner fold and score it on the runs each fit has not seen."""
    numbers = range(folds.max() + 1)
    parts = [training.without(folds == fold) for fold in numbers]
    keys = [key_integer(seed, *stream, "fold", fold) for fold in numbers]
    models = family.fit_each(parts, keys)
    answers = OutOfFold(models, folds, training.inputs, training.of_cluster)
    calibrator = CALIBRATORS.load(family.calibrator).fitted(answers, training.targets)
    judged = training.groups[np.isfinite(training.targets).any(axis=1)]
    seen = np.unique(np.concatenate([*map(_observed_points, parts), judged]))
    score = _score(calibrator, answers, training)
    return _Trial(family, score, calibrator, seen)


def _score(calibrator: AbstractCalibrator, answers: OutOfFold, training: TrainingSet) -> float:
    """The negative log density of calibrated distributions, joint, over the number of outputs: the mean over runs that
    have any.
    """
    densities = answers.ask(_log_density, training.of_cluster, training.targets, calibrator=calibrator)
    observed = training.observed.any(axis=1)
    return -float(np.mean(densities[observed])) / training.targets.shape[1]


def _log_density(distribution, inputs, targets, calibrator):
    return calibrator(distribution, inputs).log_prob(targets)
