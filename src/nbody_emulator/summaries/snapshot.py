"""One cluster at one time, with the pieces that several statistics share, each computed once and on demand.

Sums run through numpy's own loops, never through BLAS, whose order of summation (and so the last bits)
may depend on the number of threads.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbody_emulator.alignment import check_components, check_rows
from nbody_emulator.arrays import real_numbers
from nbody_emulator.summaries.bound_set import find_bound_set
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

UNITS = {"masses": "Msun", "positions": "pc", "velocities": "pc/Myr", "softening": "pc"}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The stars of a cluster; no tracer and no empty slot among them.

    Attributes:
        masses: (N,) [Msun].
        positions: (N, 3) [pc].
        velocities: (N, 3) inertial [pc Myr-1].
        softening: [pc].
        mergers: number of stars swallowed by others so far.

    What carries units is converted; NaN, of a run that went wrong, is kept (`is_finite`).

    Raises:
        TypeError: no plain numbers, something masked, or a unit of another dimension.
        ValueError: another shape, rows labelled and not alike, or a mass that is not above zero.
    """

    masses: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    softening: float
    mergers: float = 0.0

    def __post_init__(self):
        check_rows({name: getattr(self, name) for name in ("masses", "positions", "velocities")})
        for name in ("positions", "velocities"):
            check_components(name, getattr(self, name))
        for name, unit in UNITS.items():
            object.__setattr__(self, name, real_numbers(name, getattr(self, name), unit))
        stars = np.shape(self.masses)
        for name, shape in {"masses": stars, "positions": (*stars, 3), "velocities": (*stars, 3)}.items():
            found = getattr(self, name).shape
            if len(stars) != 1 or found != shape:
                raise ValueError(
                    f"{name} must have the shape {'(N,)' if name == 'masses' else '(N, 3)'} of one cluster at one "
                    f"time, not {found} beside masses {stars}"
                )
        if np.any(self.masses <= 0.0):
            raise ValueError("masses must be positive: leave out tracers and what has merged")

    @cached_property
    def is_finite(self) -> bool:
        """Whether every number of the state is finite."""
        return all(np.isfinite(part).all() for part in (self.masses, self.positions, self.velocities))

    @cached_property
    def squared_distances(self) -> np.ndarray:
        """Squared distances (N, N) [pc2]; infinite from a star to itself, which keeps it out of every sum."""
        squared = sum(np.subtract.outer(axis, axis) ** 2 for axis in self.positions.T)
        np.fill_diagonal(squared, np.inf)
        return squared

    @cached_property
    def inverse_distances(self) -> np.ndarray:
        """Softened 1 / sqrt(r^2 + softening^2), (N, N) [pc-1]; zero on the diagonal."""
        return 1.0 / np.sqrt(self.squared_distances + self.softening**2)

    @cached_property
    def potential(self) -> np.ndarray:
        """Softened potential (N,) [pc2 Myr-2] at every star from ALL other stars, bound or not."""
        return -GRAVITATIONAL_CONSTANT * np.einsum("ij,j->i", self.inverse_distances, self.masses)

    @cached_property
    def bound(self) -> np.ndarray:
        """Mask (N,) of the bound stars, see `bound_set`."""
        return find_bound_set(self.masses, self.velocities, self.potential)

    @property
    def bound_stars(self) -> int:
        """Number of bound stars."""
        return int(self.bound.sum())

    @cached_property
    def bound_masses(self) -> np.ndarray:
        """Masses (B,) of the bound stars [Msun]."""
        return self.masses[self.bound]

    @cached_property
    def bound_positions(self) -> np.ndarray:
        """Positions (B, 3) of the bound stars about their own centre of mass [pc]."""
        positions = self.positions[self.bound]
        return positions - _weighted_mean(positions, self.bound_masses)

    @cached_property
    def bound_velocities(self) -> np.ndarray:
        """Velocities (B, 3) of the bound stars about their own mean [pc Myr-1]."""
        velocities = self.velocities[self.bound]
        return velocities - _weighted_mean(velocities, self.bound_masses)

    @cached_property
    def bound_kinetic_energy(self) -> float:
        """Kinetic energy of the bound stars about their own mean [Msun pc2 Myr-2]."""
        return 0.5 * float(np.sum(self.bound_masses * np.sum(self.bound_velocities**2, axis=1)))

    @cached_property
    def bound_potential_energy(self) -> float:
        """Softened potential energy of the bound stars among themselves, each pair once [Msun pc2 Myr-2]."""
        among = self.inverse_distances[np.ix_(self.bound, self.bound)]
        potential = -GRAVITATIONAL_CONSTANT * np.einsum("ij,j->i", among, self.bound_masses)
        return 0.5 * float(np.sum(self.bound_masses * potential))


def _weighted_mean(vectors, weights):
    return np.sum(vectors * weights[:, None], axis=0) / np.sum(weights)
