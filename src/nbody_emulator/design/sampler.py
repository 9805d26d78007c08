"""What a sampler is: how design points are spread over the box of parameters."""

from abc import abstractmethod

import numpy as np

from nbody_emulator.settings.method import Method


class AbstractSampler(Method):
    """A way of drawing design points."""

    @abstractmethod
    def sample(self, points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
        """Points (points, dimensions) in [0, 1)."""
