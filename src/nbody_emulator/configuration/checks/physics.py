"""Do the clusters, their parameters and the integration make physical sense together?"""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from nbody_emulator.configuration.checks.boxes import check_order
from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.settings import cluster_checks
from nbody_emulator.settings.cluster import Mergers, Softening
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.settings.integration import CLOCK, Integration
from nbody_emulator.settings.output import OutputSetting
from nbody_emulator.settings.parameters import PARAMETERS, smallest, with_parameters
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES


def check_places(experiment: ClusterExperiment) -> None:
    """What may stand in `cluster` or among the parameters stands in one place, and what must stand does."""
    cluster = experiment.cluster.written()
    for name in experiment.parameters.given:
        place = PARAMETERS[name].place
        if place[:1] == ("tide",) and experiment.cluster.tide is None:
            refuse(
                f"parameters.{name}", "not used, since cluster.tide is null", "remove it or set cluster.tide"
            )
        if place and _is_given(cluster, place):
            refuse(f"parameters.{name}", f"given as cluster.{'.'.join(place)} too", "keep one of the two")
    complete = _complete(experiment)
    if "stars" not in complete:
        remedy = "add a whole number: the number of stars in a cluster, or give parameters.stars"
        refuse("cluster.stars", "missing", remedy)
    _check_softening_keys(complete.get("softening", {}))


BLACK_HOLE_KEYS = ("black_hole_radius", "black_hole_mass")
"""Of `cluster.mergers`, given together or not at all."""


def check_masses(experiment: ClusterExperiment) -> None:
    """A mass function is given what it needs and nothing else, and a range of masses has an inside."""
    cluster = _complete(experiment)
    if "initial_conditions" in cluster:
        return
    cluster_checks.check_masses(cluster, MASS_FUNCTIONS, partial(_typed, experiment))


def check_profile(experiment: ClusterExperiment) -> None:
    """A profile is given what it needs, and nothing that only another one needs."""
    cluster = _complete(experiment)
    if "initial_conditions" in cluster:
        return
    cluster_checks.check_profile(cluster, PROFILES, partial(_typed, experiment))


def check_softening(experiment: ClusterExperiment) -> None:
    """Softening leaves the smallest cluster a shape."""
    cluster = _complete(experiment)
    key, value = next(iter(cluster["softening"].items()))
    limit, words = {
        "length": (_smallest_scale_radius(experiment), "its scale radius"),
        "spacing_fraction": (smallest(cluster["stars"]) ** (1.0 / 3.0), "which softens by its scale radius"),
    }[key]
    cluster_checks.check_softening(_typed(experiment, ("softening", key)), value, limit, words)


def check_mergers(experiment: ClusterExperiment) -> None:
    """Bodies that merge have a size, black holes a mass, and a cluster does not begin as one body."""
    mergers = experiment.cluster.mergers
    if mergers is None:
        _check_merger_outputs(experiment.outputs)
        return
    for key, other in (BLACK_HOLE_KEYS, BLACK_HOLE_KEYS[::-1]):
        if getattr(mergers, key) is not None and getattr(mergers, other) is None:
            remedy = f"cluster.mergers.{key} needs it; without black holes remove both"
            refuse(f"cluster.mergers.{other}", "missing", remedy)
    reach, limit = _largest_reach(mergers), _smallest_scale_radius(experiment)
    if reach == 0.0:
        refuse(
            "cluster.mergers", "every radius is 0, so nothing merges", "give radii, or write mergers: null"
        )
    if reach >= limit:
        problem = f"two bodies merge within {shown(reach)}, the sum of their radii"
        refuse(
            "cluster.mergers", problem, f"write radii that add up to less than {limit:.6g}, the scale radius"
        )


FIX = "write a parameter as a plain number to fix it"


def check_boxes(experiment: ClusterExperiment) -> None:
    """At least one parameter varies, and every box has an inside."""
    boxes = experiment.parameters.boxes
    if not boxes:
        remedy = "give one a box such as {minimum: 0.5, maximum: 1.5}"
        refuse("parameters", "all are fixed, so there is nothing to emulate", remedy)
    for name, box in boxes.items():
        check_order(f"parameters.{name}.minimum", box.minimum, box.maximum, FIX)


def check_tide(experiment: ClusterExperiment) -> None:
    """A cluster has an orbit exactly when it has a galaxy."""
    path = "parameters.galactocentric_radius"
    tide, radius = _complete(experiment)["tide"], experiment.parameters.galactocentric_radius
    if tide is None and radius is not None:
        refuse(path, "not used, since cluster.tide is null", "remove it or set cluster.tide")
    if tide is not None and radius is None:
        refuse(path, "missing", "cluster.tide needs it, in kpc; for isolated clusters write tide: null")
    if tide is not None:
        cluster_checks.check_keys(("tide",), tide, "galaxy", GALAXIES, partial(_typed, experiment))


def check_integration(experiment: ClusterExperiment) -> None:
    """An integrator is given what it needs and nothing else, and a run within tolerance is usable."""
    _check_integrator_keys(experiment.integration)
    tolerance, limit = experiment.integration.energy_tolerance, experiment.integration.unusable_above
    if tolerance > limit:
        problem = f"{shown(tolerance)} is above integration.unusable_above {shown(limit)}"
        refuse("integration.energy_tolerance", problem, "lower it, for a run within tolerance must be usable")


def _complete(experiment: ClusterExperiment) -> dict[str, Any]:
    """The keys of the cluster, nested as in a file, with each parameter's value or box in its place."""
    return with_parameters(experiment.simulated_cluster.written(), experiment.parameters.given)


def _smallest_scale_radius(experiment: ClusterExperiment) -> float:
    """In the configuration's unit; where no parameter says it, that of the smallest cluster in a file."""
    radius = experiment.parameters.scale_radius
    if radius is None and experiment.given_stars is not None:
        return experiment.given_stars.smallest_scale_radius
    return smallest(radius)


def _largest_reach(mergers: Mergers) -> float:
    """The largest distance at which two bodies merge."""
    return 2.0 * max(mergers.star_radius, mergers.black_hole_radius or 0.0)


def _check_merger_outputs(outputs: Mapping[str, OutputSetting]) -> None:
    for name, output in sorted(outputs.items()):
        if output.statistic == "number_of_mergers":
            problem = "'number_of_mergers' is always 0, since cluster.mergers is null"
            refuse(f"outputs.{name}.statistic", problem, "set cluster.mergers or remove the output")


def _check_softening_keys(softening: Mapping[str, Any]) -> None:
    choices = ", ".join(Softening.model_fields)
    if not softening:
        refuse("cluster.softening", "missing", f"give exactly one of {choices}, here or among the parameters")
    if len(softening) > 1:
        refuse(
            "cluster.softening", f"{' and '.join(sorted(softening))} are both given", "keep one of the two"
        )


def _is_given(section: Mapping[str, Any], place: tuple[str, ...]) -> bool:
    first, *rest = place
    return first in section and (not rest or _is_given(section[first], tuple(rest)))


def _typed(experiment: ClusterExperiment, place: tuple[str, ...]) -> str:
    """The key that a person typed, or is to type, for this place in `cluster`."""
    names = [name for name in experiment.parameters.given if PARAMETERS[name].place == place]
    return f"parameters.{names[0]}" if names else ".".join(("cluster", *place))


def _check_integrator_keys(integration: Integration) -> None:
    name = integration.integrator
    needed, optional = INTEGRATORS.facts(name)
    given = integration.written()
    for key, example in needed.items():
        if key not in given:
            refuse(f"integration.{key}", "missing", f"{name} needs it; write {key}: {example} to begin with")
    known = {key for other in INTEGRATORS.names for keys in INTEGRATORS.facts(other) for key in keys}
    for key in sorted((known & set(given)) - {*needed, *optional}):
        refuse(f"integration.{key}", f"{shown(given[key])} is not used by {name}", "remove it")
    _check_floor(integration.step_floor or 0.0, integration.longest_step or math.inf)


def _check_floor(floor: float, longest: float) -> None:
    if floor > longest:
        problem = f"{shown(floor)} is above integration.longest_step"
        refuse("integration.step_floor", problem, "lower it")
    shortest = CLOCK * longest
    if 0.0 < floor < shortest < math.inf:
        problem = f"{shown(floor)} is below 2^-40 of integration.longest_step, where the clock would round"
        remedy = f"write at least {1.1 * shortest:.2g}, or 0 for 2^-24 of the longest"
        refuse("integration.step_floor", problem, remedy)


def check_survival(experiment: ClusterExperiment) -> None:
    """A cluster that has lost no star survives."""
    fewest, stars = experiment.survival.bound_stars, int(smallest(_complete(experiment)["stars"]))
    if fewest > stars:
        refuse(
            "survival.bound_stars",
            f"{fewest}, above the {stars} stars of the smallest cluster, which would count as dissolved from the start",
            f"write {stars} at most",
        )


CHECKS = (
    check_places,
    check_masses,
    check_profile,
    check_boxes,
    check_softening,
    check_survival,
    check_mergers,
    check_tide,
    check_integration,
)
