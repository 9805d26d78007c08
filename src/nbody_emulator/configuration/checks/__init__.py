"""What no key can say alone: whether the parts of a configuration fit each other.

Each check looks at one matter and raises `ConfigurationError` for the first thing wrong. It may rely on the
check of every key, on the defaults, and on the checks before it.
"""

from collections.abc import Callable, Mapping
from itertools import chain
from types import ModuleType
from typing import Any

from nbody_emulator.configuration.checks import (
    alternatives,
    fates,
    files,
    fits,
    functions,
    inference,
    initial_conditions,
    measured,
    own_quantities,
    physics,
    points,
    roles,
    sets,
    tasks,
)
from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.configuration.table_experiment import TableExperiment

ROOMS: Mapping[type[Experiment], tuple[ModuleType, ...]] = {
    ClusterExperiment: (
        roles,
        sets,
        initial_conditions,
        physics,
        measured,
        fits,
        points,
        inference,
        alternatives,
        tasks,
        fates,
    ),
    FunctionExperiment: (roles, functions, sets, own_quantities, fits, inference),
    TableExperiment: (roles, own_quantities, files, fits, inference),
}
"""Modules of checks, in order, by the kind of experiment."""


def check_consistency(experiment: Experiment) -> None:
    """Refuse the first contradiction in an experiment whose keys are all right."""
    checks: list[Callable[[Any], None]] = list(
        chain.from_iterable(room.CHECKS for room in ROOMS[type(experiment)])
    )
    for check in checks:
        check(experiment)
