"""Points at draws from posteriors: where a few observed runs may have come from, to be simulated anew."""

from typing import ClassVar

import numpy as np

from nbody_emulator.design.sampler import AbstractSampler


class Posterior(AbstractSampler):
    """Points that an earlier result holds."""

    meaning: ClassVar = "Draws from the posteriors of observed runs, those of run k in block k"
    chosen_by: ClassVar = "draws"

    def sample(self, points: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
        raise TypeError(
            "points of the sampler posterior are draws that another result holds; give them as chosen"
        )
