"""What a galaxy is: the tide on a circular orbit in it."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from nbody_emulator.settings.method import Method

if TYPE_CHECKING:
    from nbody_emulator.simulation.tide import Tide


class AbstractGalaxy(Method):
    """A galaxy; its fields are keys of `cluster.tide`."""

    @abstractmethod
    def tide(self, orbit: float) -> "Tide":
        """The tide on a circular orbit of radius `orbit` [pc]."""
