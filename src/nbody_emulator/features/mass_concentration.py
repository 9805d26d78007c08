"""How unevenly mass is shared: what sets the pace of relaxation beside the number of stars."""

import numpy as np

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def mass_concentration(start: Start) -> float:
    """sum m^2 / (sum m)^2: one over the number of equal stars that would be as concentrated."""
    return float(np.sum(start.shares**2))


FEATURE = Feature(
    name="mass_concentration",
    unit="1",
    scale="log",
    long_name="sum of squared shares of the mass at the start",
    measure=mass_concentration,
)
