"""The same stars moved by the last bit: what then differs at the end is chaos, for nothing else does."""

import numpy as np

from nbody_emulator.simulation.stars import InitialConditions


def moved_by_last_bit(stars: InitialConditions, generator: np.random.Generator) -> InitialConditions:
    """Every component of position and velocity moved to the next float64 above or below, as a fair coin falls.

    Masses stay as they are. The centre of mass and the virial ratio move by rounding alone, and are not met again.

    Args:
        stars: positions (N, 3) [pc], velocities (N, 3) [pc/Myr].
        generator: source of the coins, of positions first.
    """
    positions, velocities = (_moved(vectors, generator) for vectors in (stars.positions, stars.velocities))
    return InitialConditions(stars.masses, positions, velocities)


def _moved(vectors: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    upwards = generator.integers(2, size=vectors.shape) == 1
    return np.nextafter(vectors, np.where(upwards, np.inf, -np.inf))
