"""Velocity dispersion at the start, of all stars: the virial ratio and the mass as they were drawn."""

from nbody_emulator.features.feature import Feature
from nbody_emulator.features.start import Start


def initial_velocity_dispersion(start: Start) -> float:
    """sqrt(sum m |v|^2 / sum m) about the mean velocity, all three axes together [pc Myr-1]."""
    return start.velocity_dispersion


FEATURE = Feature(
    name="initial_velocity_dispersion",
    unit="pc Myr-1",
    scale="log",
    long_name="mass-weighted three-dimensional velocity dispersion of all stars at the start",
    measure=initial_velocity_dispersion,
)
