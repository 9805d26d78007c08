"""The Plummer sphere in equilibrium, with its exact isotropic distribution function.

The scale radius a is Plummer's: the density is proportional to (1 + r^2 / a^2)^(-5/2).

Sources: Plummer (1911); Aarseth, Henon & Wielen (1974), appendix, for the sampling. They draw the speed
q = v / v_escape from its density q^2 (1 - q^2)^(7/2) by rejection; its square is a Beta(3/2, 9/2) variable.
"""

from typing import ClassVar

import numpy as np

from nbody_emulator.simulation.profiles.isotropy import directions
from nbody_emulator.simulation.profiles.profile import AbstractProfile


class Plummer(AbstractProfile):
    """The sphere is not truncated."""

    meaning: ClassVar = "Plummer sphere"

    def sample(self, stars: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        radii = _radii(generator.random(stars))
        escape_speeds = np.sqrt(2.0) * (1.0 + radii**2) ** -0.25
        speeds = escape_speeds * np.sqrt(generator.beta(1.5, 4.5, stars))
        positions = radii[:, None] * directions(stars, generator)
        velocities = speeds[:, None] * directions(stars, generator)
        return positions, velocities


def _radii(enclosed: np.ndarray) -> np.ndarray:
    """Radii that enclose the given fractions of the mass: M(<r)/M = r^3 (1 + r^2)^(-3/2), inverted."""
    return np.cbrt(enclosed) / np.sqrt(1.0 - np.cbrt(enclosed) ** 2)
