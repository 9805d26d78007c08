"""The door for clusters drawn by hand: what is asked is checked as a configuration is, before anything is drawn.

The checks are apart from the drawing, `stars`, so that a better worded complaint names no simulation anew.
"""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from nbody_emulator import cluster_checks
from nbody_emulator.configuration_error import ConfigurationError, key_path, kind_of, refuse, shown
from nbody_emulator.configuration_schema import (
    check_plain,
    part_at,
    resolved,
    schema,
    with_choices,
    with_defaults,
)
from nbody_emulator.configuration_words import check_schema
from nbody_emulator.simulation import stars
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES
from nbody_emulator.simulation.stars import (
    InitialConditions,
    centered,
    measure_virial_ratio,
    potential_energy,
)

__all__ = ["InitialConditions", "centered", "draw", "measure_virial_ratio", "potential_energy"]

OF_STARS = ("stars", "profile", "segregation", "masses")
"""The keys of a configuration's `cluster` that are about its stars alone, whatever their profile."""

DEEPEST = 4
"""Sections within sections that nobody asks for."""


def draw(
    cluster: Mapping[str, Any],
    *,
    scale_radius: float,
    virial_ratio: float,
    softening: float,
    generator: np.random.Generator,
) -> InitialConditions:
    """Draw one cluster, its centre of mass at rest at the origin.

    Args:
        cluster: the configuration's `stars`, `profile` (plummer if left out) with its own keys, `masses` (`function`
            with its own keys) and `segregation` (none if left out); every key and limit stands in config/README.md.
        scale_radius: the profile's scale radius [pc]: Plummer's a, King's core radius, a uniform sphere's edge.
        virial_ratio: 2 K / |W| to be met exactly, W softened; above 0 and below 2.
        softening: Plummer softening length [pc], 0 for none, below the scale radius.
        generator: source of all draws, taken in a fixed order: masses, positions, velocities.

    Raises:
        TypeError: `cluster` is no dictionary, or `generator` no generator of numpy.
        ValueError: one line that names the key, its value and the remedy.
    """
    if not isinstance(cluster, Mapping):
        raise TypeError(f"cluster must be a dictionary, as in a configuration, not {kind_of(cluster)}")
    if not isinstance(generator, np.random.Generator):
        raise TypeError(f"generator must be one such as numpy.random.default_rng(1), not {shown(generator)}")
    numbers = {"scale_radius": scale_radius, "virial_ratio": virial_ratio, "softening": softening}
    asked = _checked({"cluster": cluster, **numbers})
    with np.errstate(all="ignore"):
        drawn = stars.draw(asked.pop("cluster"), **asked, generator=generator)
    if not all(np.all(np.isfinite(array)) for array in drawn):
        raise ConfigurationError(
            "cluster: the stars drawn are not finite; take a wider range of masses, or lengths nearer to 1 pc"
        )
    return drawn


def _checked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with defaults filled in and one type for each number."""
    asked = _plain(asked, ())
    check_plain(asked)
    asked = with_defaults(asked, _schema())
    check_schema(asked, _schema())
    cluster_checks.check_masses(asked["cluster"], MASS_FUNCTIONS, _typed)
    cluster_checks.check_profile(asked["cluster"], PROFILES, _typed)
    cluster_checks.check_softening("softening", asked["softening"], asked["scale_radius"], "the scale radius")
    return asked


@functools.cache
def _schema() -> dict[str, Any]:
    """The schema of what `draw` is asked, made of parts of the configuration's."""
    cluster = {key: part_at("cluster")[key] for key in ("description", "type", "additionalProperties")}
    cluster["properties"] = {key: part_at(f"cluster.{key}") for key in OF_STARS}
    cluster["properties"]["masses"] = with_choices(part_at("cluster.masses"), "function", MASS_FUNCTIONS)
    cluster = with_choices(cluster, "profile", PROFILES)
    cluster["required"] = ["stars", "masses"]
    properties = {"cluster": cluster}
    for name in ("scale_radius", "virial_ratio"):
        properties[name] = {**resolved(part_at(f"parameters.{name}")), "type": "number"}
    properties["softening"] = {**part_at("cluster.softening")["properties"]["length"], "minimum": 0}
    return {"$defs": schema()["$defs"], "type": "object", "properties": properties}


def _typed(place: tuple[str, ...]) -> str:
    return ".".join(("cluster", *place))


def _plain(value: Any, place: tuple[Any, ...]) -> Any:
    """A copy in Python's own kinds, numpy's numbers turned into them; all else, units above all, is refused."""
    if isinstance(value, Mapping) and len(place) < DEEPEST:
        return {key: _plain(item, (*place, key)) for key, item in value.items()}
    if isinstance(value, np.generic) or (type(value) is np.ndarray and value.ndim == 0):
        value = value.item()
    if isinstance(value, str | int | float | type(None)):
        return value
    return refuse(
        key_path(map(str, place)),
        f"{shown(value)} is {kind_of(value)}",
        "write a plain number, lengths in pc and masses in Msun, or a name",
    )
