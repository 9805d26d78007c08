"""What a mass function is: how masses of stars are drawn."""

from abc import abstractmethod
from typing import Any

import numpy as np

from nbody_emulator.settings.method import Method
from nbody_emulator.settings.section import setting

MASS: dict[str, Any] = {"unit": "Msun", "ge": 1e-12, "le": 1e16}
"""Unit and limits of every mass of a star."""


class AbstractMassFunction(Method):
    """A mass function; its fields are keys of `cluster.masses`."""

    @abstractmethod
    def sample(self, stars: int, generator: np.random.Generator) -> np.ndarray:
        """Masses (N,) [Msun]."""


class AbstractRange(AbstractMassFunction):
    """A mass function between two masses."""

    minimum: float = setting(..., "Lowest stellar mass; here or among the parameters", **MASS)
    maximum: float = setting(..., "Highest stellar mass; here or among the parameters", **MASS)
