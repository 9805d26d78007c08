"""Every parameter a configuration may vary: its unit, and the key of `cluster` in whose place it stands.

Read each time a configuration is, so nothing here imports numpy.
"""

import copy
import functools
from collections.abc import Mapping
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """What a parameter is.

    Attributes:
        unit: None where it is the configuration's unit of length.
        place: path of the key in `cluster` that it replaces; empty for one that is a parameter only.
        whole: whether its values are whole numbers.
    """

    unit: str | None
    place: tuple[str, ...] = ()
    whole: bool = False


# Orbits are always in kpc: a cluster in AU still circles a galaxy.
PARAMETERS = {
    "virial_ratio": Kind("1"),
    "scale_radius": Kind(None),
    "galactocentric_radius": Kind("kpc"),
    "stars": Kind("1", ("stars",), whole=True),
    "king_depth": Kind("1", ("king_depth",)),
    "segregation": Kind("1", ("segregation",)),
    "minimum_mass": Kind("Msun", ("masses", "minimum")),
    "maximum_mass": Kind("Msun", ("masses", "maximum")),
    "star_mass": Kind("Msun", ("masses", "mass")),
    "rotation_speed": Kind("km/s", ("tide", "rotation_speed")),
    "galaxy_mass": Kind("Msun", ("tide", "mass")),
    "softening_length": Kind(None, ("softening", "length")),
    "softening_spacing_fraction": Kind("1", ("softening", "spacing_fraction")),
}


def with_parameters(cluster: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a configuration's `cluster` in which each parameter's value or box stands in its place."""
    complete = copy.deepcopy(dict(cluster))
    places = {PARAMETERS[name].place: value for name, value in parameters.items() if PARAMETERS[name].place}
    for (*above, key), value in places.items():
        section = functools.reduce(lambda part, name: part.setdefault(name, {}), above, complete)
        section[key] = value
    return complete


def smallest(value: Any) -> Any:
    """The smallest value of a parameter given as a number or as a box."""
    return value["minimum"] if isinstance(value, Mapping) else value


def largest(value: Any) -> Any:
    """The largest value of a parameter given as a number or as a box."""
    return value["maximum"] if isinstance(value, Mapping) else value
