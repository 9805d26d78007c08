"""The uniform sphere: constant density out to the scale radius, which is the sphere's own, nothing beyond.

It is no equilibrium, whatever its virial ratio: it is a start for collapse and violent relaxation (Aarseth,
Lin & Papaloizou 1988, ApJ 324, 288). Velocities are normal and know nothing of the position; with W = -3/5
G M^2 / R, a virial ratio of 1 asks for the variance G M / (5 R) of each component.
"""

import numpy as np

from nbody_emulator.simulation.profiles.isotropy import directions


def sample(stars: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw positions (N, 3) in radii R of the sphere and velocities (N, 3) in sqrt(G M / R)."""
    positions = np.cbrt(generator.random(stars))[:, None] * directions(stars, generator)
    return positions, generator.normal(scale=np.sqrt(0.2), size=(stars, 3))
