"""What it is worth to be given more of a run than its parameters: features of the drawn stars, or the stars themselves.

Emulators of all tasks are judged on the same runs, out of fold, so that differences are paired run by run. What the
parameters leave open is a floor for who is given these alone; the stars leave open what chaos makes of them, no more.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation import against_noise
from nbody_emulator.evaluation.noise import NoiseRuns
from nbody_emulator.evaluation.pooled_noise import PooledNoise, noise_of, share_of
from nbody_emulator.evaluation.rows import by_family, outputs_of, rows_of
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_folds
from nbody_emulator.evaluation.whole_runs import WholeRuns, whole_runs
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Given, Protocol
from nbody_emulator.settings.task import PARAMETERS

UNKNOWN = (float("nan"), float("nan"))
"""A number, and its error, where there is none."""


class _Judged(NamedTuple):
    """One family of one task, judged on the training runs out of fold."""

    task: str
    given: Given
    family: str
    predictions: xr.Dataset
    runs: WholeRuns


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a task, family and output; output "all" is of whole runs.

    Columns: task ("parameters" first, then those of the configuration in its order); given: "parameters", "features" or
    "stars", the most that is; features, their names; family; best: whether its score is the lowest of its task; output;
    nll, the primary endpoint (`whole_runs.WholeRuns.joint`), and difference, to the best family that is given the
    parameters alone, paired run by run, with Nadeau-Bengio's errors over the folds; rmse_over_noise, the error of the
    mean over the scatter between runs of one design point, whose own error is in it; chaos_over_noise, the root of the
    share of chaos in that scatter; runs.

    The seeds of fits are no part of the errors: they are those of the fits at hand. NaN stands where there is no
    number: of single outputs in nll and difference, of whole runs in the others, and of chaos without a set of the role
    repeat.
    """
    judged = list(_judged(sources, protocol))
    _check_same_runs(judged)
    best = {
        task: _best(each for each in judged if each.task == task) for task in {each.task for each in judged}
    }
    reference = next(each for each in judged if each.task == PARAMETERS and each.family == best[PARAMETERS])
    floors = _floors(sources, reference.predictions)
    return pd.DataFrame(
        row for each in judged for row in _rows(each, best[each.task] == each.family, reference, floors)
    )


def _judged(sources: Sources, protocol: Protocol) -> Iterator[_Judged]:
    of_tasks = iter(sources.all("task_predictions"))
    told = [(PARAMETERS, Given(), by_family(sources.all("predictions"), protocol.families))]
    for task in protocol.tasks or ():
        own = [next(of_tasks) for _ in task.families]
        told.append((task.name, task.given, by_family(own, task.families)))
    for name, given, families in told:
        for family, predictions in families.items():
            # Scaled by the same spreads: targets are the same.
            yield _Judged(
                name, given, family, predictions, whole_runs(predictions, predictions, [TRAINING_ROLE])
            )


def _check_same_runs(judged: list[_Judged]) -> None:
    first = judged[0].runs
    for each in judged[1:]:
        if not (np.array_equal(each.runs.group, first.group) and np.array_equal(each.runs.fold, first.fold)):
            raise ValueError(
                f"the runs of {each.family} in the task {each.task} are not those of {judged[0].family}: "
                "they cannot be compared"
            )


def _best(judged: Iterator[_Judged]) -> str:
    """The family of the lowest score, the simpler one of equals."""
    scores = {each.family: each.runs.joint.mean() for each in judged}
    finite = {family: score if np.isfinite(score) else np.inf for family, score in scores.items()}
    return min(finite, key=finite.__getitem__)


def _floors(sources: Sources, predictions: xr.Dataset) -> dict[str, tuple[PooledNoise, tuple[float, float]]]:
    """By output, the noise, and chaos over it with its error."""
    repeated = NoiseRuns.of(sources.one("dataset"), "repeat")
    floors = {}
    for output in outputs_of(predictions):
        noise, chaos = noise_of(predictions, output), repeated.pooled(output, repeated.halves["all"])
        floors[output] = noise, _root_of_share(chaos, noise) if chaos.degrees_of_freedom else UNKNOWN
    return floors


def _root_of_share(part: PooledNoise, whole: PooledNoise) -> tuple[float, float]:
    """The root of what share of one variance another is, and its error."""
    share = share_of(part, whole)
    if not share["value"] > 0.0:
        return UNKNOWN
    root = float(np.sqrt(share["value"]))
    return root, share["standard_error"] / (2.0 * root)


def _rows(
    judged: _Judged,
    best: bool,
    reference: _Judged,
    floors: Mapping[str, tuple[PooledNoise, tuple[float, float]]],
) -> Iterator[dict[str, Any]]:
    known = {
        "task": judged.task,
        "given": "stars" if judged.given.stars else "features" if judged.given.features else PARAMETERS,
        "features": " ".join(judged.given.features),
        "family": judged.family,
        "best": best,
    }
    yield known | _whole(judged.runs, reference.runs)
    for output, (noise, chaos) in floors.items():
        yield known | _of_output(judged.predictions, output, noise, chaos)


def _whole(runs: WholeRuns, reference: WholeRuns) -> dict[str, Any]:
    with np.errstate(invalid="ignore"):  # between two that are infinite
        difference = runs.joint - reference.joint
    return {
        "output": "all",
        "nll": float(runs.joint.mean()),
        "nll_standard_error": over_folds(runs.joint, runs.fold),
        "difference": float(difference.mean()),
        "difference_standard_error": over_folds(difference, runs.fold),
        **_ratios(UNKNOWN, UNKNOWN),
        "runs": len(runs.joint),
    }


def _of_output(
    predictions: xr.Dataset, output: str, noise: PooledNoise, chaos: tuple[float, float]
) -> dict[str, Any]:
    rows = rows_of(predictions, output, [TRAINING_ROLE])
    found = against_noise.over_noise_floor((rows.target - rows.mean) ** 2, noise).over_folds(rows.fold)
    return {
        "output": output,
        **dict.fromkeys(
            ("nll", "nll_standard_error", "difference", "difference_standard_error"), float("nan")
        ),
        **_ratios((found["value"], found["standard_error"]), chaos),
        "runs": len(rows),
    }


def _ratios(error: tuple[float, float], chaos: tuple[float, float]) -> dict[str, float]:
    """The columns of an error and of chaos, over the noise."""
    return {
        "rmse_over_noise": error[0],
        "rmse_over_noise_standard_error": error[1],
        "chaos_over_noise": chaos[0],
        "chaos_over_noise_standard_error": chaos[1],
    }
