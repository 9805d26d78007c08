"""The kinds of experiment, by where their runs come from."""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.configuration.table_experiment import TableExperiment
from nbody_emulator.settings.error import refuse

SIMULATORS: Mapping[str, type[Experiment]] = {"python": FunctionExperiment, "table": TableExperiment}
"""Key of the section `simulator` -> the kind of experiment."""

KINDS = {"config": ClusterExperiment, **{f"config_{name}": kind for name, kind in SIMULATORS.items()}}
"""Name of the schema's file -> the kind of experiment; without a section `simulator`, clusters are simulated here."""


def kind_of(raw: Mapping[str, Any]) -> type[Experiment]:
    """What a configuration describes.

    Raises:
        ConfigurationError: of two simulators, or of none that is known.
    """
    if "simulator" not in raw:
        return ClusterExperiment
    if "cluster" in raw:
        refuse("cluster", "not used beside simulator", "keep one of the two")
    given = raw["simulator"]
    named = [name for name in SIMULATORS if isinstance(given, Mapping) and name in given]
    if len(named) != 1:
        problem = f"names {' and '.join(named) or 'no simulator'}"
        refuse("simulator", problem, f"give exactly one of {', '.join(SIMULATORS)}, such as table: {{}}")
    return SIMULATORS[named[0]]
