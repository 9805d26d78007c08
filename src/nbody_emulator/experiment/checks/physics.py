"""Do the clusters, their parameters and the integration make physical sense together?"""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from nbody_emulator import cluster_checks
from nbody_emulator.configuration_error import refuse, shown
from nbody_emulator.configuration_schema import part_at
from nbody_emulator.parameters import PARAMETERS, smallest, with_parameters
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES

Config = Mapping[str, Any]


def check_places(config: Config) -> None:
    """What may stand in `cluster` or among the parameters stands in one place, and what must stand does."""
    for name in sorted(config["parameters"]):
        place = PARAMETERS[name].place
        if place[:1] == ("tide",) and config["cluster"]["tide"] is None:
            refuse(
                f"parameters.{name}", "not used, since cluster.tide is null", "remove it or set cluster.tide"
            )
        if place and _is_given(config["cluster"], place):
            refuse(f"parameters.{name}", f"given as cluster.{'.'.join(place)} too", "keep one of the two")
    complete = with_parameters(config["cluster"], config["parameters"])
    if "stars" not in complete:
        remedy = "add a whole number: the number of stars in a cluster, or give parameters.stars"
        refuse("cluster.stars", "missing", remedy)
    _check_softening_keys(complete.get("softening", {}))


CLOCK = 2.0**-40
"""The shortest step that a clock which also takes the longest can count, as a share of it."""


BLACK_HOLE_KEYS = ("black_hole_radius", "black_hole_mass")
"""Of `cluster.mergers`, given together or not at all."""


def check_masses(config: Config) -> None:
    """A mass function is given what it needs and nothing else, and a range of masses has an inside."""
    cluster = with_parameters(config["cluster"], config["parameters"])
    cluster_checks.check_masses(cluster, MASS_FUNCTIONS, partial(_typed, config))


def check_profile(config: Config) -> None:
    """A profile is given what it needs, and nothing that only another one needs."""
    cluster = with_parameters(config["cluster"], config["parameters"])
    cluster_checks.check_profile(cluster, PROFILES, partial(_typed, config))


def check_softening(config: Config) -> None:
    """Softening leaves the smallest cluster a shape."""
    cluster = with_parameters(config["cluster"], config["parameters"])
    (key, value), radius = next(iter(cluster["softening"].items())), config["parameters"]["scale_radius"]
    limit, words = {
        "length": (smallest(radius), "its scale radius"),
        "spacing_fraction": (smallest(cluster["stars"]) ** (1.0 / 3.0), "which softens by its scale radius"),
    }[key]
    cluster_checks.check_softening(_typed(config, ("softening", key)), value, limit, words)


def check_mergers(config: Config) -> None:
    """Bodies that merge have a size, black holes a mass, and a cluster does not begin as one body."""
    mergers = config["cluster"].get("mergers")
    if mergers is None:
        _check_merger_outputs(config["outputs"])
        return
    for key, other in (BLACK_HOLE_KEYS, BLACK_HOLE_KEYS[::-1]):
        if key in mergers and other not in mergers:
            remedy = f"cluster.mergers.{key} needs it; without black holes remove both"
            refuse(f"cluster.mergers.{other}", "missing", remedy)
    reach, limit = _largest_reach(mergers), smallest(config["parameters"]["scale_radius"])
    if reach == 0.0:
        refuse(
            "cluster.mergers", "every radius is 0, so nothing merges", "give radii, or write mergers: null"
        )
    if reach >= limit:
        problem = f"two bodies merge within {shown(reach)}, the sum of their radii"
        refuse(
            "cluster.mergers", problem, f"write radii that add up to less than {limit:.6g}, the scale radius"
        )


def check_boxes(config: Config) -> None:
    """At least one parameter varies, and every box has an inside."""
    boxes = {name: box for name, box in sorted(config["parameters"].items()) if isinstance(box, Mapping)}
    if not boxes:
        remedy = "give one a box such as {minimum: 0.5, maximum: 1.5}"
        refuse("parameters", "all are fixed, so there is nothing to emulate", remedy)
    for name, box in boxes.items():
        _check_order(f"parameters.{name}.minimum", box["minimum"], box["maximum"])


def check_tide(config: Config) -> None:
    """A cluster has an orbit exactly when it has a galaxy."""
    path = "parameters.galactocentric_radius"
    tide = with_parameters(config["cluster"], config["parameters"])["tide"]
    radius = config["parameters"].get("galactocentric_radius")
    if tide is None and radius is not None:
        refuse(path, "not used, since cluster.tide is null", "remove it or set cluster.tide")
    if tide is not None and radius is None:
        refuse(path, "missing", "cluster.tide needs it, in kpc; for isolated clusters write tide: null")
    if tide is not None:
        cluster_checks.check_keys(("tide",), tide, "galaxy", GALAXIES, partial(_typed, config))


def check_integration(config: Config) -> None:
    """An integrator is given what it needs and nothing else, and a run within tolerance is usable."""
    _check_integrator_keys(config["integration"])
    tolerance, limit = config["integration"]["energy_tolerance"], config["integration"]["unusable_above"]
    if tolerance > limit:
        problem = f"{shown(tolerance)} is above integration.unusable_above {shown(limit)}"
        refuse("integration.energy_tolerance", problem, "lower it, for a run within tolerance must be usable")


def _largest_reach(mergers: Mapping[str, float]) -> float:
    """The largest distance at which two bodies merge."""
    return 2.0 * max(mergers["star_radius"], mergers.get("black_hole_radius", 0.0))


def _check_merger_outputs(outputs: Config) -> None:
    for name, output in sorted(outputs.items()):
        if output["statistic"] == "number_of_mergers":
            problem = "'number_of_mergers' is always 0, since cluster.mergers is null"
            refuse(f"outputs.{name}.statistic", problem, "set cluster.mergers or remove the output")


def _check_softening_keys(softening: Mapping[str, Any]) -> None:
    choices = ", ".join(part_at("cluster.softening")["properties"])
    if not softening:
        refuse("cluster.softening", "missing", f"give exactly one of {choices}, here or among the parameters")
    if len(softening) > 1:
        refuse("cluster.softening", f"{' and '.join(softening)} are both given", "keep one of the two")


def _is_given(section: Mapping[str, Any], place: tuple[str, ...]) -> bool:
    first, *rest = place
    return first in section and (not rest or _is_given(section[first], tuple(rest)))


def _typed(config: Config, place: tuple[str, ...]) -> str:
    """The key that a person typed, or is to type, for this place in `cluster`."""
    names = [name for name in sorted(config["parameters"]) if PARAMETERS[name].place == place]
    return f"parameters.{names[0]}" if names else ".".join(("cluster", *place))


def _check_integrator_keys(integration: Config) -> None:
    integrator = integration["integrator"]
    needed, optional = INTEGRATORS.facts(integrator)
    for key, example in needed.items():
        if key not in integration:
            remedy = f"{integrator} needs it; write {key}: {example} to begin with"
            refuse(f"integration.{key}", "missing", remedy)
    known = {key for name in INTEGRATORS.names for keys in INTEGRATORS.facts(name) for key in keys}
    for key in sorted((known & set(integration)) - {*needed, *optional}):
        refuse(f"integration.{key}", f"{shown(integration[key])} is not used by {integrator}", "remove it")
    if integration.get("step_floor", 0.0) > integration.get("longest_step", math.inf):
        problem = f"{shown(integration['step_floor'])} is above integration.longest_step"
        refuse("integration.step_floor", problem, "lower it")
    floor, shortest = integration.get("step_floor", 0.0), CLOCK * integration.get("longest_step", 0.0)
    if 0.0 < floor < shortest:
        problem = f"{shown(floor)} is below 2^-40 of integration.longest_step, where the clock would round"
        refuse(
            "integration.step_floor",
            problem,
            f"write at least {1.1 * shortest:.2g}, or 0 for 2^-24 of the longest",
        )


def _check_order(path: str, low: float, high: float) -> None:
    """`path` is the key of the lower."""
    if low > high:
        refuse(path, f"{shown(low)} is above the maximum {shown(high)}", "swap them")
    if low == high:
        remedy = "widen the range, or write a parameter as a plain number to fix it"
        refuse(path, f"{shown(low)} equals the maximum", remedy)


CHECKS = (
    check_places,
    check_masses,
    check_profile,
    check_boxes,
    check_softening,
    check_mergers,
    check_tide,
    check_integration,
)
