"""The Plummer sphere in equilibrium, with its exact isotropic distribution function.

Sources: Plummer (1911); Aarseth, Henon & Wielen (1974), appendix, for the sampling. They draw the speed
q = v / v_escape from its density q^2 (1 - q^2)^(7/2) by rejection; its square is a Beta(3/2, 9/2) variable.
"""

import numpy as np


def sample(stars: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw positions (N, 3) in scale radii a and velocities (N, 3) in sqrt(G M / a), for total mass M.

    The sphere is not truncated, and its moments are left as drawn: its centre of mass is not at rest at 0.
    """
    radii = _radii(generator.random(stars))
    escape_speeds = np.sqrt(2.0) * (1.0 + radii**2) ** -0.25
    speeds = escape_speeds * np.sqrt(generator.beta(1.5, 4.5, stars))
    positions = radii[:, None] * _directions(stars, generator)
    velocities = speeds[:, None] * _directions(stars, generator)
    return positions, velocities


def _radii(enclosed: np.ndarray) -> np.ndarray:
    """Radii that enclose the given fractions of the mass: M(<r)/M = r^3 (1 + r^2)^(-3/2), inverted."""
    return np.cbrt(enclosed) / np.sqrt(1.0 - np.cbrt(enclosed) ** 2)


def _directions(count: int, generator: np.random.Generator) -> np.ndarray:
    """Unit vectors (count, 3), uniform on the sphere."""
    cosines = generator.uniform(-1.0, 1.0, count)
    azimuths = generator.uniform(0.0, 2.0 * np.pi, count)
    sines = np.sqrt(1.0 - cosines**2)
    return np.stack([sines * np.cos(azimuths), sines * np.sin(azimuths), cosines], axis=1)
