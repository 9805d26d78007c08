"""What an experiment says of one block of runs."""

from typing import cast

from nbody_emulator.configuration.description import describe
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.cluster import Cluster
from nbody_emulator.settings.run_set import RunSet

DRAWN = ("sampler", "points", "replicates", "perturbations")
"""Keys of a set that say how the runs of a block are drawn."""


def block_of_runs(experiment: Experiment, run_set: RunSet, index: int) -> BlockOfRuns:
    """Block `index` of a set of runs; of the sealed set, in the stream that the experiment opens."""
    sealed = run_set.role == "sealed"
    released = sealed and experiment.sealed_stream == "release"
    # Every sealed set has a second stream; that is checked of the experiment as a whole.
    stream = cast(str, run_set.release_stream) if released else run_set.stream
    return BlockOfRuns(
        cluster=Cluster(**experiment.cluster.written()),
        integration=experiment.integration,
        duration=experiment.duration,
        snapshots=experiment.snapshots,
        parameters=experiment.parameters,
        units=experiment.units,
        seed=experiment.seed,
        **{name: value for name, value in run_set.written().items() if name in DRAWN},
        stream=stream,
        block=index,
        sealed=sealed,
        description=describe(experiment),
    )
