"""What an experiment says of one block of runs."""

from typing import Any, cast

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.description import describe, describe_own
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.identity.function_source import FunctionSource
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.cluster import Cluster
from nbody_emulator.settings.own_blocks import BlockOfCalls
from nbody_emulator.settings.run_set import RunSet

DRAWN = ("sampler", "points", "replicates", "perturbations")
"""Keys of a set that say how the runs of a block are drawn."""


def block_of_runs(experiment: ClusterExperiment, run_set: RunSet, index: int) -> BlockOfRuns:
    """Block `index` of a set of simulated clusters."""
    return BlockOfRuns(
        cluster=Cluster(**experiment.simulated_cluster.written()),
        integration=experiment.integration,
        duration=experiment.duration,
        snapshots=experiment.snapshots,
        parameters=experiment.parameters,
        units=experiment.units,
        description=describe(experiment),
        **_place(experiment, run_set, index),
    )


def block_of_calls(
    experiment: FunctionExperiment, run_set: RunSet, index: int, source: FunctionSource
) -> BlockOfCalls:
    """Block `index` of a set of runs that a function makes, whose code is `source`."""
    return BlockOfCalls(
        python=experiment.simulator.python,
        source=source.digests,
        packages=source.packages,
        parameters=experiment.parameters,
        outputs=experiment.outputs,
        description=describe_own(experiment),
        **_place(experiment, run_set, index),
    )


def _place(experiment: Experiment, run_set: RunSet, index: int) -> dict[str, Any]:
    """Where a block is drawn; of the sealed set, in the stream that the experiment opens."""
    sealed = run_set.role == "sealed"
    released = sealed and experiment.sealed_stream == "release"
    # Every sealed set has a second stream; that is checked of the experiment as a whole.
    stream = cast(str, run_set.release_stream) if released else run_set.stream
    drawn = {name: value for name, value in run_set.written().items() if name in DRAWN}
    return {"seed": experiment.seed, **drawn, "stream": stream, "block": index, "sealed": sealed}
