"""The tasks of an experiment: the same runs, and emulators that are given more of each."""

from collections.abc import Mapping
from typing import NamedTuple

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.registered import Emulators
from nbody_emulator.settings.protocol import Given, Tuning


class Asked(NamedTuple):
    """A task: what emulators are given, which they are, and how they are tuned."""

    given: Given
    emulators: Emulators
    tuning: Tuning


def tasks_of(experiment: Experiment) -> Mapping[str, Asked]:
    """By name, in the order of the file."""
    if not isinstance(experiment, ClusterExperiment):  # no one else's runs are known to begin with stars
        return {}
    return {
        name: Asked(
            Given(features=task.features, stars=task.stars),
            task.emulators,
            experiment.tuning if task.tuning is None else task.tuning,
        )
        for name, task in (experiment.tasks or {}).items()
    }


def with_task(experiment: Experiment, task: Asked) -> Experiment:
    """The experiment with the families of a task in place of its own."""
    return experiment.changed(emulators=task.emulators, tuning=task.tuning)
