"""Half-mass radius at the start, of all stars: the scale radius as it was drawn."""

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def initial_half_mass_radius(start: Start) -> float:
    """Radius about the centre of mass that holds half of the mass [pc]."""
    return start.half_mass_radius


FEATURE = Feature(
    name="initial_half_mass_radius",
    unit="pc",
    scale="log",
    long_name="radius about the centre of mass that holds half of the mass of all stars, at the start",
    measure=initial_half_mass_radius,
)
