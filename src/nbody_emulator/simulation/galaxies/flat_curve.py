"""A galaxy whose rotation curve is flat: Omega = V / R falls as 1 / R, whence k = 2 in `tide`."""

from typing import TYPE_CHECKING, ClassVar

from nbody_emulator.settings.section import setting
from nbody_emulator.simulation.galaxies.galaxy import AbstractGalaxy
from nbody_emulator.units import KM_PER_S_IN_PC_PER_MYR

if TYPE_CHECKING:
    from nbody_emulator.simulation.tide import Tide


class FlatCurve(AbstractGalaxy):
    """The same speed at every radius."""

    meaning: ClassVar = "Flat rotation curve"

    rotation_speed: float = setting(
        ..., "Speed of the rotation curve; here or among the parameters", "km/s", ge=1e-06, le=299792.458
    )

    def tide(self, orbit: float) -> "Tide":
        from nbody_emulator.simulation.tide import Tide

        return Tide(angular_speed=self.rotation_speed * KM_PER_S_IN_PC_PER_MYR / orbit, radial=2.0)
