"""A cluster at the start of its run, all stars counted, with the pieces that several features share.

Stars are put in an order of their own first, so that no bit of a feature depends on how they came.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Start(Snapshot):
    """A snapshot before the run, its stars heaviest first.

    Raises:
        TypeError: as `Snapshot`.
        ValueError: as `Snapshot`; a number that is not finite, fewer than two stars, or a softening below zero.
    """

    def __post_init__(self):
        super().__post_init__()
        if not self.is_finite:
            raise ValueError(
                "masses, positions and velocities must be finite: nothing is seen of a run that could not start"
            )
        if len(self.masses) < 2:
            raise ValueError(f"a cluster has two stars at least, not {len(self.masses)}")
        if np.ndim(self.softening) or not self.softening >= 0.0:
            raise ValueError(f"softening must be one number from 0 on, not {self.softening}")
        order = heaviest_first(self.masses, self.positions, self.velocities)
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
        return self.positions - np.average(self.positions, axis=0, weights=self.masses)

    @cached_property
    def centered_velocities(self) -> np.ndarray:
        """Velocities (N, 3) about that of the centre of mass [pc Myr-1]."""
        return self.velocities - np.average(self.velocities, axis=0, weights=self.masses)

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


def heaviest_first(masses: np.ndarray, positions: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    """(N,) the stars in the order in which a start has them: equal masses by where they are, then by how they move."""
    return np.lexsort((*velocities.T, *positions.T, -masses))
