"""A galaxy that is a point mass: by Kepler Omega^2 = G M / R^3, whence k = 3 in `tide`."""

import math

from nbody_emulator.simulation.tide import Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT


def tide(orbit: float, *, mass: float) -> Tide:
    """The tide on a circular orbit of radius `orbit` [pc] around `mass` [Msun]."""
    return Tide(angular_speed=math.sqrt(GRAVITATIONAL_CONSTANT * mass / orbit**3), radial=3.0)
