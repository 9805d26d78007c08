"""Stars of one mass."""

from typing import ClassVar

import numpy as np

from nbody_emulator.settings.section import setting
from nbody_emulator.simulation.mass_functions.mass_function import MASS, AbstractMassFunction


class Equal(AbstractMassFunction):
    """Nothing is drawn."""

    meaning: ClassVar = "Stars of one mass"

    mass: float = setting(..., "Mass of every star; here or among the parameters", **MASS)

    def sample(self, stars: int, generator: np.random.Generator) -> np.ndarray:
        del generator
        return np.full(stars, self.mass, dtype=float)
