"""Mass of all stars: at a fixed number of them it is drawn, and no parameter says it."""

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def total_mass(start: Start) -> float:
    """The sum of all masses [Msun]."""
    return start.mass


FEATURE = Feature(
    name="total_mass",
    unit="Msun",
    scale="log",
    long_name="mass of all stars at the start",
    measure=total_mass,
)
