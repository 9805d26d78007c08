"""A cluster at the start of its run, all stars counted, with the pieces that several features share.

Sums run through numpy's own loops, never through BLAS, whose order of summation (and so the last bits) may depend on
the number of threads. Stars are put in an order of their own first, so that none of it depends on how they came.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

UNITS = {"masses": "Msun", "positions": "pc", "velocities": "pc/Myr", "softening": "pc"}


@dataclass(frozen=True, eq=False)
class Start:
    """The stars of a cluster before its run, heaviest first.

    Attributes:
        masses: (N,) [Msun].
        positions: (N, 3) [pc].
        velocities: (N, 3) [pc Myr-1], in a frame that does not rotate.
        softening: [pc].

    What carries units is converted.

    Raises:
        TypeError: no plain numbers, or a unit of another dimension.
        ValueError: shapes that do not fit, a mass that is not above zero, or a number that is not finite.
    """

    masses: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    softening: float = 0.0

    def __post_init__(self):
        for name, unit in UNITS.items():
            value = real_numbers(name, getattr(self, name), unit)
            if not np.isfinite(value).all():
                raise ValueError(f"{name} must be finite: nothing is seen of a run that could not start")
            object.__setattr__(self, name, value)
        stars = self.masses.shape
        for name in ("positions", "velocities"):
            found = getattr(self, name).shape
            if len(stars) != 1 or found != (*stars, 3):
                raise ValueError(
                    f"{name} must have the shape (N, 3) beside masses (N,), not {found} beside {stars}"
                )
        if not (self.masses > 0.0).all():
            raise ValueError("masses must be positive: leave out tracers")
        order = np.lexsort((*self.velocities.T, *self.positions.T, -self.masses))
        for name in ("masses", "positions", "velocities"):
            object.__setattr__(self, name, getattr(self, name)[order])

    @cached_property
    def mass(self) -> float:
        """Of all stars [Msun]."""
        return float(np.sum(self.masses))

    @cached_property
    def shares(self) -> np.ndarray:
        """Of the mass (N,), by star."""
        return self.masses / self.mass

    @cached_property
    def centered_positions(self) -> np.ndarray:
        """Positions (N, 3) about the centre of mass [pc]."""
        return self.positions - _weighted_mean(self.positions, self.masses)

    @cached_property
    def centered_velocities(self) -> np.ndarray:
        """Velocities (N, 3) about that of the centre of mass [pc Myr-1]."""
        return self.velocities - _weighted_mean(self.velocities, self.masses)

    @cached_property
    def radii(self) -> np.ndarray:
        """Distances (N,) from the centre of mass [pc]."""
        return np.sqrt(np.sum(self.centered_positions**2, axis=1))

    @cached_property
    def half_mass_radius(self) -> float:
        """Radius about the centre of mass at which half of the mass lies within [pc]."""
        order = np.argsort(self.radii, kind="stable")
        within = np.cumsum(self.shares[order])
        return float(self.radii[order][np.searchsorted(within, 0.5)])

    @cached_property
    def velocity_dispersion(self) -> float:
        """Root of the mass-weighted mean square velocity, all three axes together [pc Myr-1]."""
        return float(np.sqrt(np.sum(self.shares * np.sum(self.centered_velocities**2, axis=1))))

    @cached_property
    def potential(self) -> np.ndarray:
        """Softened potential (N,) at every star from all others [pc2 Myr-2]."""
        squared = sum(np.subtract.outer(axis, axis) ** 2 for axis in self.positions.T)
        inverse = 1.0 / np.sqrt(np.where(np.eye(len(self.masses)) > 0.0, np.inf, squared + self.softening**2))
        return -GRAVITATIONAL_CONSTANT * np.einsum("ij,j->i", inverse, self.masses)


def _weighted_mean(vectors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.sum(vectors * weights[:, None], axis=0) / np.sum(weights)
