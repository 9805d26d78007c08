"""Share of the heaviest star in the mass: whether one star rules the cluster."""

import numpy as np

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def heaviest_mass_share(start: Start) -> float:
    """The largest mass over the sum of all."""
    return float(np.max(start.shares))


FEATURE = Feature(
    name="heaviest_mass_share",
    unit="1",
    scale="log",
    long_name="mass of the heaviest star over that of all stars, at the start",
    measure=heaviest_mass_share,
)
