"""Do the clusters, their parameters and the integration make physical sense together?"""

import math
from collections.abc import Mapping
from itertools import chain
from typing import Any

from nbody_emulator.experiment.configuration_error import refuse, shown

Config = Mapping[str, Any]

SHARED_MASS = "equal"
"""The mass function whose stars all have one mass; every other one has a range of masses."""


INTEGRATOR_KEYS = {
    "leapfrog": {"step": 0.005},
    "hermite4": {"accuracy": 0.02, "longest_step": 0.125},
    "block_hermite4": {"accuracy": 0.01, "longest_step": 0.125},
}
"""What an integrator needs of `integration`, beside what all do, each with a value to begin with."""

OPTIONAL_KEYS = {
    "leapfrog": (),
    "hermite4": ("step_floor", "corrector_passes"),
    "block_hermite4": ("step_floor",),
}
"""What it may be given besides."""


def check_masses(config: Config) -> None:
    """A mass function is given what it needs and nothing else."""
    masses = config["cluster"]["masses"]
    function = masses["function"]
    wanted = ("mass",) if function == SHARED_MASS else ("minimum", "maximum")
    for key in wanted:
        if key not in masses:
            refuse(f"cluster.masses.{key}", "missing", f"the mass function {function} needs it, in Msun")
    for key in sorted(set(masses) - {"function", *wanted}):
        refuse(f"cluster.masses.{key}", f"{shown(masses[key])} is not used by {function}", "remove it")
    if function != SHARED_MASS:
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


def check_integration(config: Config) -> None:
    """An integrator is given what it needs and nothing else, and a run within tolerance is usable."""
    _check_integrator_keys(config["integration"])
    tolerance, limit = config["integration"]["energy_tolerance"], config["integration"]["unusable_above"]
    if tolerance > limit:
        problem = f"{shown(tolerance)} is above integration.unusable_above {shown(limit)}"
        refuse("integration.energy_tolerance", problem, "lower it, for a run within tolerance must be usable")


def _check_integrator_keys(integration: Config) -> None:
    integrator = integration["integrator"]
    needed, optional = INTEGRATOR_KEYS[integrator], OPTIONAL_KEYS[integrator]
    for key, example in needed.items():
        if key not in integration:
            remedy = f"{integrator} needs it; write {key}: {example} to begin with"
            refuse(f"integration.{key}", "missing", remedy)
    known = set(chain(*INTEGRATOR_KEYS.values(), *OPTIONAL_KEYS.values()))
    for key in sorted((known & set(integration)) - {*needed, *optional}):
        refuse(f"integration.{key}", f"{shown(integration[key])} is not used by {integrator}", "remove it")
    if integration.get("step_floor", 0.0) > integration.get("longest_step", math.inf):
        problem = f"{shown(integration['step_floor'])} is above integration.longest_step"
        refuse("integration.step_floor", problem, "lower it")


def _check_order(path: str, limits: Mapping[str, float]) -> None:
    low, high = limits["minimum"], limits["maximum"]
    if low > high:
        refuse(f"{path}.minimum", f"{shown(low)} is above the maximum {shown(high)}", "swap them")
    if low == high:
        remedy = "widen the range, or write a parameter as a plain number to fix it"
        refuse(f"{path}.minimum", f"{shown(low)} equals the maximum", remedy)


CHECKS = (check_masses, check_boxes, check_tide, check_integration)
