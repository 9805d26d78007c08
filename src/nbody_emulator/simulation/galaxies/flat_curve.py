"""A galaxy whose rotation curve is flat: Omega = V / R falls as 1 / R, whence k = 2 in `tide`."""

from nbody_emulator.simulation.tide import Tide
from nbody_emulator.units import KM_PER_S_IN_PC_PER_MYR


def tide(orbit: float, *, rotation_speed: float) -> Tide:
    """The tide on a circular orbit of radius `orbit` [pc] at `rotation_speed` [km/s]."""
    return Tide(angular_speed=rotation_speed * KM_PER_S_IN_PC_PER_MYR / orbit, radial=2.0)
