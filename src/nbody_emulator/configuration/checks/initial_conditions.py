"""Are stars either drawn or given, with what each of the two needs and nothing else?"""

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.given_stars import KEY
from nbody_emulator.settings.error import refuse
from nbody_emulator.settings.parameters import PARAMETERS

NEEDED = {
    "virial_ratio": "add a number, or a box such as {minimum: 0.5, maximum: 1.5}: the initial 2K/|W|",
    "scale_radius": "add a number, or a box such as {minimum: 0.5, maximum: 2.0}: the scale radius of the profile",
}
"""Parameters that drawn stars need."""


def check_drawn(experiment: ClusterExperiment) -> None:
    """Stars that are drawn have masses, and a size and a virial ratio."""
    if experiment.given_stars is not None:
        return
    if experiment.cluster.masses is None:
        remedy = "add a section of keys such as {function: kroupa, minimum: 0.08, maximum: 50.0}: the stellar masses"
        refuse("cluster.masses", "missing", remedy)
    for name, remedy in NEEDED.items():
        if getattr(experiment.parameters, name) is None:
            refuse(f"parameters.{name}", "missing", remedy)


def check_given(experiment: ClusterExperiment) -> None:
    """Stars that are given are not drawn too, and nothing else asks for others."""
    if experiment.given_stars is None:
        return
    why = f"not used, since {KEY} gives the stars"
    shared = {"mergers", "softening", "tide", "initial_conditions"}
    for key in sorted(set(experiment.cluster.written()) - shared):
        refuse(f"cluster.{key}", why, f"remove it, or {KEY}")
    for name in experiment.parameters.given:
        place = PARAMETERS[name].place[:1]
        if place and place[0] not in shared:
            refuse(f"parameters.{name}", why, f"remove it, or {KEY}")
    if experiment.alternatives is not None:
        problem = f"every one would be of the same stars, for {KEY} gives them"
        refuse("alternatives", problem, "remove them, or draw the stars")
    for name in ("tasks", "fates"):
        if getattr(experiment, name) is not None:
            problem = f"the same stars would be in runs that are fitted and judged, for {KEY} gives them"
            refuse(name, problem, "remove them, or draw the stars")


def check_motion(experiment: ClusterExperiment) -> None:
    """Stars whose speeds are rescaled have some."""
    given = experiment.given_stars
    if given is None or experiment.parameters.given.get("virial_ratio") is None:
        return
    if (path := given.at_rest()) is not None:
        problem = (
            f"the stars of {path} do not move in their cluster, so that no factor gives them a virial ratio"
        )
        refuse("parameters.virial_ratio", problem, "remove it, or give their velocities")


CHECKS = (check_drawn, check_given, check_motion)
