"""Who plans the runs of an experiment, by where they come from."""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.configuration.table_experiment import TableExperiment
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.cluster_runs import ClusterRuns
from nbody_emulator.plan.own_runs import FunctionRuns, TableRuns
from nbody_emulator.plan.run_planner import AbstractRunPlanner

PLANNERS: Mapping[type[Experiment], Any] = {
    ClusterExperiment: ClusterRuns,
    FunctionExperiment: FunctionRuns,
    TableExperiment: TableRuns,
}


def run_planner(experiment: Experiment, maker: ArtifactMaker) -> AbstractRunPlanner:
    """The one for this kind of experiment."""
    planner: AbstractRunPlanner = PLANNERS[type(experiment)](experiment, maker)
    return planner
