"""Mass-weighted geometric mean radius: how concentrated the drawn stars are, far ones counted as well as near ones."""

import numpy as np

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def mean_radius(start: Start) -> float:
    """exp(sum m ln r / sum m) about the centre of mass [pc]."""
    return float(np.exp(np.sum(start.shares * np.log(start.radii))))


FEATURE = Feature(
    name="mean_radius",
    unit="pc",
    scale="log",
    long_name="mass-weighted geometric mean distance from the centre of mass at the start",
    measure=mean_radius,
)
