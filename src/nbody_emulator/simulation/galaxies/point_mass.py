"""A galaxy that is a point mass: by Kepler Omega^2 = G M / R^3, whence k = 3 in `tide`."""

import math
from typing import TYPE_CHECKING, ClassVar

from nbody_emulator.settings.section import setting
from nbody_emulator.simulation.galaxies.galaxy import AbstractGalaxy
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

if TYPE_CHECKING:
    from nbody_emulator.simulation.tide import Tide


class PointMass(AbstractGalaxy):
    """All mass inside every orbit."""

    meaning: ClassVar = "Point mass"

    mass: float = setting(..., "Mass of the galaxy; here or among the parameters", "Msun", ge=1e-12, le=1e16)

    def tide(self, orbit: float) -> "Tide":
        from nbody_emulator.simulation.tide import Tide

        return Tide(angular_speed=math.sqrt(GRAVITATIONAL_CONSTANT * self.mass / orbit**3), radial=3.0)
