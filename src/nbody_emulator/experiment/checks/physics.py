"""Do the clusters, their parameters and the integration make physical sense together?"""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.experiment.configuration_error import refuse, shown
from nbody_emulator.experiment.configuration_schema import part_at
from nbody_emulator.register import Register
from nbody_emulator.simulation.register import GALAXIES, MASS_FUNCTIONS

Config = Mapping[str, Any]


def check_masses(config: Config) -> None:
    """A mass function is given what it needs and nothing else, and a range of masses has an inside."""
    masses = config["cluster"]["masses"]
    _check_keys("cluster.masses", masses, "function", MASS_FUNCTIONS)
    if "maximum" in masses:
        _check_order("cluster.masses", masses)


def check_boxes(config: Config) -> None:
    """At least one parameter varies, and every box has an inside."""
    boxes = {name: box for name, box in sorted(config["parameters"].items()) if isinstance(box, Mapping)}
    if not boxes:
        remedy = "give one a box such as {minimum: 0.5, maximum: 1.5}"
        refuse("parameters", "all are fixed, so there is nothing to emulate", remedy)
    for name, box in boxes.items():
        _check_order(f"parameters.{name}", box)


def check_tide(config: Config) -> None:
    """A cluster has an orbit exactly when it has a galaxy."""
    path = "parameters.galactocentric_radius"
    tide, radius = config["cluster"]["tide"], config["parameters"].get("galactocentric_radius")
    if tide is None and radius is not None:
        refuse(path, "not used, since cluster.tide is null", "remove it or set cluster.tide")
    if tide is not None and radius is None:
        refuse(path, "missing", "cluster.tide needs it, in kpc; for isolated clusters write tide: null")
    if tide is not None:
        _check_keys("cluster.tide", tide, "galaxy", GALAXIES)


def check_integration(config: Config) -> None:
    """A run within tolerance is usable."""
    tolerance, limit = config["integration"]["energy_tolerance"], config["integration"]["unusable_above"]
    if tolerance > limit:
        problem = f"{shown(tolerance)} is above integration.unusable_above {shown(limit)}"
        refuse("integration.energy_tolerance", problem, "lower it, for a run within tolerance must be usable")


def _check_keys(path: str, section: Mapping[str, Any], choice: str, register: Register) -> None:
    """The section holds the keys of the method it chooses, and no others."""
    method, part = section[choice], part_at(path)
    wanted = register.keys(method)
    for key in wanted:
        if key not in section:
            remedy = f"the {register.kind} {method} needs it, in {part['properties'][key]['unit']}"
            refuse(f"{path}.{key}", "missing", remedy)
    for key in sorted(set(section) - {choice, *wanted}):
        refuse(f"{path}.{key}", f"{shown(section[key])} is not used by {method}", "remove it")


def _check_order(path: str, limits: Mapping[str, float]) -> None:
    low, high = limits["minimum"], limits["maximum"]
    if low > high:
        refuse(f"{path}.minimum", f"{shown(low)} is above the maximum {shown(high)}", "swap them")
    if low == high:
        remedy = "widen the range, or write a parameter as a plain number to fix it"
        refuse(f"{path}.minimum", f"{shown(low)} equals the maximum", remedy)


CHECKS = (check_masses, check_boxes, check_tide, check_integration)
