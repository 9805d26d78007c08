"""Can the families be fitted, and are there runs enough for the folds, the curves and the intervals?"""

import math
from collections.abc import Sequence
from itertools import pairwise

from nbody_emulator.calibration_points import CALIBRATION_PARTS, points_needed, scores_needed
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.fates import fates_of
from nbody_emulator.configuration.tasks import tasks_of
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.settings.protocol import Tuning

REPORTED_LEVELS = (0.68, 0.90, 0.95)
"""Coverages that every table of scores reports."""

RESERVED_OUTPUTS = ("all",)
"""Names that the tables use for the mean over outputs."""

NO_NAMES = ("nan", "null", "true", "false")
"""Words that readers of CSV files take for something else than words."""


def check_output_names(experiment: Experiment) -> None:
    """No output is called what tables call something else."""
    for output in experiment.predicted:
        path = f"outputs.{output.name}"
        if output.name in RESERVED_OUTPUTS:
            refuse(path, "this name stands for the mean over outputs in the tables", "choose another")
        if output.name in NO_NAMES:
            refuse(path, "readers of tables do not take this word for a name", "choose another")


def check_families(experiment: Experiment) -> None:
    """The references are there, and something to compare with them."""
    references = [name for name in sorted(FAMILIES.names) if FAMILIES.load(name).reference]
    for name in references:
        if name not in experiment.families:
            refuse(
                f"emulators.{name}", "missing, and every family is measured against it", f"add '{name}: {{}}'"
            )
    if len(experiment.families) == len(references):
        problem = f"nothing but {' and '.join(references)}"
        refuse("emulators", problem, "add a family, such as 'gaussian_process: {}'")


def check_suited_families(experiment: Experiment) -> None:
    """Every family can be fitted to these parameters and outputs."""
    for family in experiment.families.values():
        unsuited = family.unsuited(experiment.free_parameters, experiment.predicted)
        if unsuited:
            refuse(*unsuited)


def check_folds(experiment: Experiment) -> None:
    """A fold holds at least one block."""
    name, _ = experiment.set_of("training")
    folds, blocks = experiment.cross_validation.folds, len(experiment.points_in_blocks(name))
    if blocks < 2:
        refuse(f"sets.{name}.blocks", "no block can be held out of a single one", "write at least 2")
    if folds > blocks:
        problem = f"{folds} folds are more than the {blocks} training blocks (sets.{name}.blocks)"
        refuse("cross_validation.folds", problem, f"write at most {blocks} or add blocks")


def check_learning_curve(experiment: Experiment) -> None:
    """The training sets of a learning curve are disjoint, hence fit side by side into the training set."""
    name, _ = experiment.set_of("training")
    there = len(experiment.points_in_blocks(name))
    available = f"the {there} training blocks (sets.{name}.blocks)"
    for place, size in enumerate(experiment.learning_curve.sizes):
        path, blocks, sets = f"learning_curve.sizes[{place}]", size.blocks, size.sets
        if blocks > there:
            refuse(f"{path}.blocks", f"{blocks} is above {available}", f"write at most {there}")
        if blocks * sets > there:
            problem = f"{sets} disjoint sets of {blocks} need {blocks * sets}, above {available}"
            refuse(f"{path}.sets", problem, f"write at most {there // blocks}")
    _check_ascending("learning_curve.sizes", [size.blocks for size in experiment.learning_curve.sizes])


def check_ladders(experiment: Experiment) -> None:
    """Ladders climb, have the settings they need, and no more terms than a training set, a block, has points."""
    name, _ = experiment.set_of("training")
    inputs, points = _input_count(experiment), min(experiment.points_in_blocks(name))
    for family in FAMILIES.names:
        keys = [ladder.key for ladder in FAMILIES.load(family).ladders]
        section = getattr(experiment.bias_variance, family) if keys else None
        if section is not None and not section.written():
            refuse(f"bias_variance.{family}", "empty", f"add {' or '.join(keys)}, or remove it")
    for (family, key), rungs in experiment.bias_variance.rungs.items():
        method = experiment.families.get(family, FAMILIES.load(family)())
        ladder, path = method.ladder(key), f"bias_variance.{family}.{key}"
        _check_ascending(path, rungs)
        if ladder.uses_settings and family not in experiment.families:
            problem = f"emulators.{family}, whose settings it uses, is missing"
            refuse(path, problem, "add that family or remove this ladder")
        if ladder.below and rungs[-1] >= (limit := getattr(method, ladder.below)):
            setting = f"emulators.{family}.{ladder.below}"
            refuse(
                path, f"{rungs[-1]} is not below the {limit} of {setting}", f"remove it or raise {setting}"
            )
        for rung in rungs:
            terms = method.rung(key, rung).terms(inputs)
            if terms > points:
                problem = f"{ladder.label} {rung} has {terms} terms, above the {points} points of a block"
                refuse(path, problem, f"remove it or {experiment.more_points(name)}")


def check_tuning(experiment: Experiment) -> None:
    """Inner folds are not empty, and leave enough to fit a line and its spread."""
    name, _ = experiment.set_of("training")
    smallest = _smallest_training_set(experiment)
    for path, tuning in _every_tuning(experiment).items():
        if tuning.folds > smallest:
            problem = f"{tuning.folds} folds are more than the {smallest} design points of the smallest training set"
            refuse(f"{path}.folds", problem, f"write at most {smallest} or {experiment.more_points(name)}")
    folds = experiment.tuning.folds
    kept, needed = smallest - math.ceil(smallest / folds), _input_count(experiment) + 2
    if kept < needed:
        problem = f"an inner fold of the smallest training set keeps {kept} points, a line needs {needed}"
        refuse(
            experiment.place_of_points(name),
            problem,
            f"{experiment.more_points(name)}, or raise tuning.folds",
        )


def _every_tuning(experiment: Experiment) -> dict[str, Tuning]:
    """By the key it stands under: the experiment's own, and those of tasks and fates that have one of their own."""
    tasks = {f"tasks.{name}.tuning": task.tuning for name, task in tasks_of(experiment).items()}
    fates = {f"fates.{name}.tuning": study.asked.tuning for name, study in fates_of(experiment).items()}
    own = {"tuning": experiment.tuning}
    return own | {path: tuning for path, tuning in (tasks | fates).items() if tuning is not None}


def check_levels(experiment: Experiment) -> None:
    """The reported coverages are among the levels, and the highest has a finite conformal interval."""
    levels = experiment.calibration.levels
    _check_ascending("calibration.levels", levels)
    missing = [level for level in REPORTED_LEVELS if level not in levels]
    if missing:
        problem = f"the tables report {_listed(missing)} too"
        refuse("calibration.levels", problem, f"write {sorted({*levels, *REPORTED_LEVELS})}")
    name, _ = experiment.set_of("calibration")
    points, blocks = _points_and_blocks(experiment, name)
    needed = points_needed(levels[-1])
    if points < needed:
        problem = (
            f"{points} points in all blocks are too few for calibration.levels {levels[-1]}: its conformal intervals "
            f"need {scores_needed(levels[-1])} beside the one part in {CALIBRATION_PARTS} that they are judged on"
        )
        refuse(
            f"sets.{name}.points",
            problem,
            _remedy_of_infinity(levels[-1], needed, blocks),
        )
    name, _ = experiment.set_of("training")
    points, blocks = _points_and_blocks(experiment, name)
    needed = scores_needed(levels[-1])
    if points < needed:
        problem = f"{points} points in all blocks are too few for the CV+ intervals of calibration.levels {levels[-1]}"
        refuse(
            f"sets.{name}.points",
            problem,
            _remedy_of_infinity(levels[-1], needed, blocks),
        )


def _points_and_blocks(experiment: Experiment, name: str) -> tuple[int, int]:
    in_blocks = experiment.points_in_blocks(name)
    return sum(in_blocks), len(in_blocks)


def _remedy_of_infinity(level: float, needed: int, blocks: int) -> str:
    in_blocks = f", {math.ceil(needed / blocks)} in each of {blocks} blocks" if blocks > 1 else ""
    dispensable = "" if level in REPORTED_LEVELS else f", or remove {level} from calibration.levels"
    return f"take at least {needed}{in_blocks}{dispensable}"


def _listed(values: Sequence[float]) -> str:
    return " and ".join(map(str, values))


def _smallest_training_set(experiment: Experiment) -> int:
    """Design points of the smallest set that a family is tuned on: in the learning curve or out of fold."""
    points = sorted(experiment.points_in_blocks(experiment.set_of("training")[0]))
    largest_fold = math.ceil(len(points) / experiment.cross_validation.folds)
    sizes = [size.blocks for size in experiment.learning_curve.sizes]
    return sum(points[: min([len(points) - largest_fold, *sizes])])


def _input_count(experiment: Experiment) -> int:
    return len(experiment.free_parameters)


def _check_ascending(path: str, values: Sequence[float]) -> None:
    for earlier, later in pairwise(values):
        if earlier == later:
            refuse(path, f"{shown(later)} occurs twice", "keep one")
        if earlier > later:
            refuse(path, f"{shown(later)} comes after {shown(earlier)}", "write them in ascending order")


CHECKS = (
    check_output_names,
    check_families,
    check_suited_families,
    check_folds,
    check_learning_curve,
    check_ladders,
    check_tuning,
    check_levels,
)
