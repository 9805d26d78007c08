"""The uniform sphere: constant density out to the scale radius, which is the sphere's own, nothing beyond.

It is no equilibrium, whatever its virial ratio: it is a start for collapse and violent relaxation (Aarseth,
Lin & Papaloizou 1988, ApJ 324, 288). Velocities are normal and know nothing of the position; with W = -3/5
G M^2 / R, a virial ratio of 1 asks for the variance G M / (5 R) of each component.
"""

from typing import ClassVar

import numpy as np

from nbody_emulator.simulation.profiles.isotropy import directions
from nbody_emulator.simulation.profiles.profile import AbstractProfile


class UniformSphere(AbstractProfile):
    """The scale radius is the radius of the sphere."""

    meaning: ClassVar = "Uniform sphere"

    def sample(self, stars: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        positions = np.cbrt(generator.random(stars))[:, None] * directions(stars, generator)
        return positions, generator.normal(scale=np.sqrt(0.2), size=(stars, 3))
