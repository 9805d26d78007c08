"""What a sampler is: how design points are spread over the box of parameters."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from nbody_emulator.settings.method import Method


class AbstractSampler(Method):
    """A way of drawing design points.

    Attributes:
        chosen_by: the role in which a block's simulation reads the result that has chosen its points; empty where
            they are drawn at random.
    """

    chosen_by: ClassVar[str] = ""

    @abstractmethod
    def sample(self, points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
        """Points (points, dimensions) in [0, 1)."""
