"""The models of an experiment, where it has alternatives: its own cluster, and each that it may be taken for."""

from collections.abc import Mapping

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.settings.cluster import Cluster
from nbody_emulator.simulation.register import PROFILES

ROLES = ("training", "calibration", "observation")
"""Of the sets that are simulated of every model."""


def clusters(experiment: ClusterExperiment) -> dict[str, Cluster]:
    """Every model's cluster by its name: first the experiment's own, which is named by its profile."""
    own = experiment.cluster
    others = sorted((experiment.alternatives or {}).items())
    return {own.profile: own} | {name: each.in_place_of(own, profile_keys()) for name, each in others}


def alternatives(experiment: Experiment) -> Mapping[str, ClusterExperiment]:
    """The experiment with each alternative in place of its cluster, by name: the sets that are simulated again, and
    posteriors of the first family alone.
    """
    if not isinstance(experiment, ClusterExperiment):  # what else a run may be of is known of clusters alone
        return {}
    if experiment.inference is None or experiment.alternatives is None:
        return {}
    sets = {name: run_set for name, run_set in experiment.sets.items() if run_set.role in ROLES}
    first = experiment.inference.changed(families=experiment.inference.families[:1], likelihoods=())
    return {
        name: experiment.changed(cluster=cluster, sets=sets, inference=first)
        for name, cluster in clusters(experiment).items()
        if name in experiment.alternatives
    }


def own_name(experiment: Experiment) -> str:
    """What tables call the experiment's own model."""
    return experiment.cluster.profile if isinstance(experiment, ClusterExperiment) else experiment.experiment


def profile_keys() -> set[str]:
    """The keys of `cluster` that are of one profile or another."""
    return {key for name in PROFILES.names for key in PROFILES.load(name).setting_names()}
