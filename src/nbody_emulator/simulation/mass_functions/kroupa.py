"""The mass function of Kroupa (2001), MNRAS 322, 231, equation 2, brown dwarfs to massive stars."""

import numpy as np

from nbody_emulator.simulation.mass_functions import broken_power_law

BREAKS = (0.08, 0.5)
SLOPES = (0.3, 1.3, 2.3)


def sample(stars: int, generator: np.random.Generator, *, minimum: float, maximum: float) -> np.ndarray:
    """Draw masses (N,) between `minimum` and `maximum`, all in Msun."""
    return broken_power_law.sample(
        stars, generator, minimum=minimum, maximum=maximum, breaks=BREAKS, slopes=SLOPES
    )
