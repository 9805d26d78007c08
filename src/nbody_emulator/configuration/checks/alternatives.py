"""Can models be compared: is each a cluster that can be, and another one than the rest?"""

from functools import partial

from nbody_emulator.configuration.checks.names import check_length
from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.models import clusters
from nbody_emulator.settings import cluster_checks
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.settings.parameters import PARAMETERS, with_parameters
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES

EVERY_MODEL = "all"
"""What the table of odds calls all models together."""


def check_inference(experiment: ClusterExperiment) -> None:
    """Models are compared by emulators whose posteriors are judged, on runs that these have not seen."""
    if experiment.alternatives is not None and experiment.inference is None:
        refuse(
            "alternatives", "there is no section inference that fits them", "add it, or remove alternatives"
        )


def check_names(experiment: ClusterExperiment) -> None:
    """Tables and files go by them; the experiment's own cluster goes by its profile."""
    own = experiment.cluster.profile
    taken = {own: "the experiment's own cluster", EVERY_MODEL: "all models together"}
    for name in experiment.alternatives or {}:
        if name in taken:
            problem = f"{shown(name)} is what tables call {taken[name]}"
            refuse(f"alternatives.{name}", problem, f"choose another name, such as other_{name}")
        check_length(f"alternatives.{name}", name)


def check_clusters(experiment: ClusterExperiment) -> None:
    """Each is a cluster that could stand in the section `cluster`."""
    for name, alternative in (experiment.alternatives or {}).items():
        _check_places(experiment, name)
        cluster = clusters(experiment)[name].written()
        complete = with_parameters(cluster, experiment.parameters.given)
        typed = partial(_typed, experiment, name)
        cluster_checks.check_profile(complete, PROFILES, typed)
        if alternative.masses is not None:
            cluster_checks.check_masses(complete, MASS_FUNCTIONS, typed)


def check_distinct(experiment: ClusterExperiment) -> None:
    """No two are the same: evidence could not tell them apart."""
    found: dict[str, str] = {}
    own, *others = clusters(experiment).items()
    for name, cluster in (own, *others):
        # Without segregation and with a degree of 0 stars are drawn alike.
        same = found.setdefault(repr({"segregation": 0.0} | cluster.written()), name)
        if same != name:
            other = "the experiment's own cluster" if same == own[0] else f"alternatives.{same}"
            refuse(f"alternatives.{name}", f"the same as {other}", "change it, or remove it")


def _check_places(experiment: ClusterExperiment, name: str) -> None:
    """What varies from run to run does so in every model."""
    given = (experiment.alternatives or {})[name].written()
    for parameter in experiment.parameters.given:
        first, *rest = PARAMETERS[parameter].place or ("",)
        if first in given and (not rest or rest[0] in given[first]):
            place = ".".join((name, first, *rest))
            problem = f"given as parameters.{parameter} too"
            refuse(f"alternatives.{place}", problem, "remove it, for parameters are those of all models")


def _typed(experiment: ClusterExperiment, name: str, place: tuple[str, ...]) -> str:
    """The key that a person typed, or is to type, for this place in the cluster of an alternative."""
    names = [other for other in experiment.parameters.given if PARAMETERS[other].place == place]
    return f"parameters.{names[0]}" if names else ".".join(("alternatives", name, *place))


CHECKS = (check_inference, check_names, check_clusters, check_distinct)
