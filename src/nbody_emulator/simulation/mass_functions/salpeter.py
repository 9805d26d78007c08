"""The mass function of Salpeter (1955), ApJ 121, 161: one power law."""

import numpy as np

from nbody_emulator.simulation.mass_functions import broken_power_law

SLOPE = 2.35


def sample(stars: int, generator: np.random.Generator, *, minimum: float, maximum: float) -> np.ndarray:
    """Draw masses (N,) between `minimum` and `maximum`, all in Msun."""
    return broken_power_law.sample(
        stars, generator, minimum=minimum, maximum=maximum, breaks=(), slopes=(SLOPE,)
    )
