"""The mass function of Salpeter (1955), ApJ 121, 161: one power law."""

from typing import ClassVar

import numpy as np

from nbody_emulator.simulation.mass_functions import broken_power_law
from nbody_emulator.simulation.mass_functions.mass_function import AbstractRange

SLOPE = 2.35


class Salpeter(AbstractRange):
    """One power law."""

    meaning: ClassVar = "Mass function of Salpeter (1955)"

    def sample(self, stars: int, generator: np.random.Generator) -> np.ndarray:
        return broken_power_law.sample(
            stars, generator, minimum=self.minimum, maximum=self.maximum, breaks=(), slopes=(SLOPE,)
        )
