"""What a classifier is told of one star before the run: numbers that no rotation and no choice of units changes."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from nbody_emulator.features.start import Start
from nbody_emulator.summaries.hardest_binary_energy import pair_energies

SMALLEST = 1e-12
"""In place of zero, which has no logarithm: of a star at the centre, or at rest."""


class Surroundings:
    """A cluster at its start, and what several inputs share; every array in the order of its stars."""

    def __init__(self, start: Start):
        self.start = start

    @cached_property
    def speeds(self) -> np.ndarray:
        """(N,) [pc Myr-1] about the centre of mass."""
        return _length(self.start.centered_velocities)

    @cached_property
    def partner_energies(self) -> np.ndarray:
        """(N,) binding energy with the star that each is bound most to [Msun pc2 Myr-2]; NaN of those bound to none."""
        start = self.start
        highest = pair_energies(start.masses, start.velocities, start.inverse_distances).max(axis=1)
        return np.where(highest > 0.0, highest, np.nan)

    @property
    def kinetic_energy(self) -> float:
        """Mean kinetic energy of a star [Msun pc2 Myr-2]."""
        return 0.5 * self.start.mass * self.start.velocity_dispersion**2 / len(self.start.masses)


class StarInput(NamedTuple):
    """One number of a star, without a unit.

    Attributes:
        name: of it.
        long_name: what it is.
        measure: (N,) of all stars.
        can_be_missing: whether a star may be without it: NaN then.
    """

    name: str
    long_name: str
    measure: Callable[[Surroundings], np.ndarray]
    can_be_missing: bool = False


def _length(vectors: np.ndarray) -> np.ndarray:
    return np.sqrt(np.sum(vectors**2, axis=1))


def _logarithm(values: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(values, SMALLEST))


def relative_mass(around: Surroundings) -> np.ndarray:
    return np.log(around.start.shares * len(around.start.masses))


def radius(around: Surroundings) -> np.ndarray:
    return _logarithm(around.start.radii / around.start.half_mass_radius)


def speed(around: Surroundings) -> np.ndarray:
    return _logarithm(around.speeds / np.sqrt(-2.0 * around.start.potential))


def direction(around: Surroundings) -> np.ndarray:
    along = np.sum(around.start.centered_positions * around.start.centered_velocities, axis=1)
    return along / np.maximum(around.start.radii * around.speeds, SMALLEST)


def depth(around: Surroundings) -> np.ndarray:
    return np.log(-around.start.potential / around.start.velocity_dispersion**2)


def angular_momentum(around: Surroundings) -> np.ndarray:
    start = around.start
    momenta = _length(np.cross(start.centered_positions, start.centered_velocities))
    return _logarithm(momenta / (start.half_mass_radius * start.velocity_dispersion))


def nearest_star(around: Surroundings) -> np.ndarray:
    return _logarithm(np.sqrt(around.start.squared_distances.min(axis=1)) / around.start.half_mass_radius)


def partner_energy(around: Surroundings) -> np.ndarray:
    return np.log(around.partner_energies / around.kinetic_energy)


def partner_share(around: Surroundings) -> np.ndarray:
    if np.isnan(around.partner_energies).all():
        return around.partner_energies
    return np.log(around.partner_energies / np.nanmax(around.partner_energies))


STAR_INPUTS = (
    StarInput("relative_mass", "logarithm of its mass over the mean", relative_mass),
    StarInput(
        "radius", "logarithm of its distance from the centre of mass over the half-mass radius", radius
    ),
    StarInput("speed", "logarithm of its speed over that of escape from where it is", speed),
    StarInput("direction", "cosine between its velocity and the way outwards", direction),
    StarInput("depth", "logarithm of its potential over the squared velocity dispersion", depth),
    StarInput(
        "angular_momentum",
        "logarithm of its angular momentum per mass over half-mass radius and velocity dispersion",
        angular_momentum,
    ),
    StarInput(
        "nearest_star",
        "logarithm of the distance to the nearest star over the half-mass radius",
        nearest_star,
    ),
    StarInput(
        "partner_energy",
        "logarithm of the binding energy with the star that it is bound most to, over the mean kinetic energy of a "
        "star; missing of those bound to none",
        partner_energy,
        can_be_missing=True,
    ),
    StarInput(
        "partner_share",
        "logarithm of that binding energy over the largest in the cluster; missing of those bound to none",
        partner_share,
        can_be_missing=True,
    ),
)
"""In the order in which files have them."""

NAMES = tuple(each.name for each in STAR_INPUTS)
MISSABLE = tuple(place for place, each in enumerate(STAR_INPUTS) if each.can_be_missing)
"""Places of those that a star may be without."""


def star_inputs(start: Start) -> np.ndarray:
    """(N, k) every input of every star, in the order of the start's stars; NaN where a star is without it.

    Raises:
        ValueError: the cluster has no scale, or two stars are at one place without softening.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        has_potential = np.isfinite(start.potential).all()
    if not has_potential:
        raise ValueError("stars at one place, unsoftened, or a softening without end have no potential")
    if not (start.velocity_dispersion > 0.0 and start.half_mass_radius > 0.0):
        raise ValueError("stars that are all at rest, or half of whose mass is in one place, have no scale")
    around = Surroundings(start)
    return np.stack([each.measure(around) for each in STAR_INPUTS], axis=1)
