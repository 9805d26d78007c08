"""Where the heaviest star is born: in the middle it has nowhere to sink to."""

import numpy as np

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def heaviest_star_radius(start: Start) -> float:
    """Distance of the heaviest star from the centre of mass [pc]."""
    return float(start.radii[np.argmax(start.masses)])


FEATURE = Feature(
    name="heaviest_star_radius",
    unit="pc",
    scale="log",
    long_name="distance of the heaviest star from the centre of mass at the start",
    measure=heaviest_star_radius,
)
