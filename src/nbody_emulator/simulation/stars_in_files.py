"""Stars that are there already, in files: one chosen for each run, as it stands there or rescaled.

The scale radius of stars is that of the Plummer sphere of the same virial radius,

    R_v = G M^2 / (2 |W|) = 16 a / (3 pi),    W = -G sum over pairs of m_i m_j / r_ij,

W without softening, so that a goes with the lengths. Hard pairs count in it, and make it small.

Sources: Heggie & Mathieu (1986) for the virial radius; Aarseth, Henon & Wielen (1974), appendix, for Plummer's.
"""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from nbody_emulator.settings.cluster import GivenStars
from nbody_emulator.simulation.stars import (
    InitialConditions,
    centered,
    measure_virial_ratio,
    potential_energy,
)
from nbody_emulator.states.files import read_with_units
from nbody_emulator.states.state import State
from nbody_emulator.storage.files import file_sha256
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

PLUMMER = 3.0 * np.pi / 16.0
"""Scale radius of a Plummer sphere in virial radii."""


class StarsInFiles(NamedTuple):
    """Stars of a file, on their way to a run; each step gives new ones.

    Attributes:
        stars: as they are so far.
        scale_radius: theirs [pc].
    """

    stars: InitialConditions
    scale_radius: float

    @classmethod
    def chosen(cls, given: GivenStars, generator: np.random.Generator) -> Self:
        """Those of one of the files, each as likely.

        Args:
            given: with paths, in the order of its checksums.
            generator: at the start of the run's own stream, so that its perturbations are of the same file.

        Raises:
            ValueError: a file is not the one that was planned with.
        """
        place = int(generator.integers(len(given.files)))
        planned, path = given.files[place], Path((given.paths or ())[place])
        if file_sha256(path) != planned.sha256:
            raise ValueError(f"{path} has changed since this run was planned; begin it again")
        return cls.of(read_with_units(path, planned.format, given.mass_unit, given.length_unit))

    @classmethod
    def of(cls, state: State) -> Self:
        """As they stand in a file."""
        return cls(InitialConditions(*state), scale_radius(state))

    def placed(self, wanted: float) -> Self:
        """With this scale radius [pc], stretched about the centre of mass; as they are for 0."""
        if not wanted:
            return self
        masses, positions, velocities = self.stars
        stretched = _rescaled(masses, positions, wanted / self.scale_radius)
        return self._replace(stars=InitialConditions(masses, stretched, velocities), scale_radius=wanted)

    def moving(self, virial_ratio: float, softening: float) -> Self:
        """With this 2 K / |W|, W softened and K about the centre of mass, whose motion stays; as they are for 0."""
        if not virial_ratio:
            return self
        masses, positions, velocities = self.stars
        found = measure_virial_ratio(masses, positions, centered(masses, velocities), softening)
        faster = _rescaled(masses, velocities, np.sqrt(virial_ratio / found))
        return self._replace(stars=InitialConditions(masses, positions, faster))


def scale_radius(stars: State) -> float:
    """That of the Plummer sphere [pc] with the virial radius of these stars."""
    mass = np.sum(stars.masses)
    energy = potential_energy(stars.masses, stars.positions, 0.0)
    return float(PLUMMER * GRAVITATIONAL_CONSTANT * mass**2 / (2.0 * -energy))


def _rescaled(masses: np.ndarray, vectors: np.ndarray, factor: float) -> np.ndarray:
    """Vectors (N, 3), their distances from the mean weighted by masses (N,) times a factor."""
    relative = centered(masses, vectors)
    return (vectors - relative) + factor * relative
