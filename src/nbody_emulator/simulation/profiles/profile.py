"""What a profile is: how positions and velocities of a cluster at the start are drawn."""

from abc import abstractmethod

import numpy as np

from nbody_emulator.settings.method import Method


class AbstractProfile(Method):
    """A density profile with its velocities; its fields are keys of `cluster`."""

    @abstractmethod
    def sample(self, stars: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Positions (N, 3) in scale radii a and velocities (N, 3) in sqrt(G M / a), for total mass M.

        Moments are left as drawn: the centre of mass is not at rest at 0.
        """
