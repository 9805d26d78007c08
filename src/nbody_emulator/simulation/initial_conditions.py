"""The door for clusters drawn by hand: what is asked is checked as a configuration is, before anything is drawn.

The checks are apart from the drawing, `stars`, so that a better worded complaint names no simulation anew.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.settings import cluster_checks
from nbody_emulator.settings.cluster import ClusterStars, Masses, with_choices
from nbody_emulator.settings.door import checked
from nbody_emulator.settings.error import ConfigurationError, key_path, kind_of, refuse, shown
from nbody_emulator.settings.parameters import PARAMETERS
from nbody_emulator.settings.section import Section, setting
from nbody_emulator.simulation import stars
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES
from nbody_emulator.simulation.stars import (
    InitialConditions,
    centered,
    measure_virial_ratio,
    potential_energy,
)

__all__ = ["InitialConditions", "centered", "draw", "measure_virial_ratio", "potential_energy"]

DEEPEST = 4
"""Sections within sections that nobody asks for."""


if TYPE_CHECKING:
    # What is registered is known only when this runs.
    ClusterSection = ClusterStars
else:
    ClusterSection = with_choices(ClusterStars, PROFILES, masses=with_choices(Masses, MASS_FUNCTIONS))


class Asked(Section):
    """What `draw` is asked, in the words of a configuration."""

    cluster: ClusterSection = setting(...)
    scale_radius: float = setting(
        ..., "Scale radius of the profile", "pc", **PARAMETERS["scale_radius"].limits
    )
    virial_ratio: float = setting(..., "Virial ratio 2K/|W|", **PARAMETERS["virial_ratio"].limits)
    softening: float = setting(..., "Softening as a fixed length", "pc", ge=0, le=1e12)


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
        drawn = stars.draw(**dict(asked), generator=generator)
    if not all(np.all(np.isfinite(array)) for array in drawn):
        raise ConfigurationError(
            "cluster: the stars drawn are not finite; take a wider range of masses, or lengths nearer to 1 pc"
        )
    return drawn


def _checked(given: Mapping[str, Any]) -> Asked:
    """What is asked, with defaults filled in and one type for each number."""
    asked = checked(Asked, _plain(given, ()))
    cluster = asked.cluster.written()
    if "stars" not in cluster:
        refuse("cluster.stars", "missing", "add a whole number: the number of stars in a cluster")
    cluster_checks.check_masses(cluster, MASS_FUNCTIONS, _typed)
    cluster_checks.check_profile(cluster, PROFILES, _typed)
    cluster_checks.check_softening("softening", asked.softening, asked.scale_radius, "the scale radius")
    return asked


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
