"""The studies of single stars that an experiment asks for."""

from collections.abc import Mapping
from typing import NamedTuple

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.fates.classifier import AbstractClassifier
from nbody_emulator.settings.fates import FateStudy


class Study(NamedTuple):
    """A study: what is asked of stars, and the classifiers that answer, in the order of the register."""

    asked: FateStudy
    classifiers: Mapping[str, AbstractClassifier]


def fates_of(experiment: Experiment) -> Mapping[str, Study]:
    """By name, in the order of the file."""
    if not isinstance(experiment, ClusterExperiment):  # no one else's runs are known to hold stars
        return {}
    return {name: Study(study, study.classifiers.methods) for name, study in (experiment.fates or {}).items()}
