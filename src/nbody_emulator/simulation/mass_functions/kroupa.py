"""The mass function of Kroupa (2001), MNRAS 322, 231, equation 2, brown dwarfs to massive stars."""

from typing import ClassVar

import numpy as np

from nbody_emulator.simulation.mass_functions import broken_power_law
from nbody_emulator.simulation.mass_functions.mass_function import AbstractRange

BREAKS = (0.08, 0.5)
SLOPES = (0.3, 1.3, 2.3)


class Kroupa(AbstractRange):
    """Three power laws."""

    meaning: ClassVar = "Mass function of Kroupa (2001)"

    def sample(self, stars: int, generator: np.random.Generator) -> np.ndarray:
        return broken_power_law.sample(
            stars, generator, minimum=self.minimum, maximum=self.maximum, breaks=BREAKS, slopes=SLOPES
        )
