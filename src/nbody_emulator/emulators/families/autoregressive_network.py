"""A deep ensemble of chains of networks: every output given the inputs and the outputs before it.

Hyperparameters, early stopping and training are those of the network ensemble.
"""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.families.network import AbstractNetwork
from nbody_emulator.marks import Mark
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import AutoregressiveEnsemble


class AutoregressiveNetwork(AbstractNetwork):
    """A network for each output with a mixture of Gaussians: the product of all is the joint density."""

    meaning: ClassVar = (
        "Ensemble of chains of networks, each with a mixture of Gaussians of an output given others"
    )
    label: ClassVar = "autoregressive network ensemble"
    mark: ClassVar = Mark(9, "h")
    calibrator: ClassVar = "none"

    components: int = setting(3, "Gaussians in each network's mixture", ge=1, le=100)

    def while_comparing(self) -> Self:
        """One member, for as many networks as it has outputs are trained."""
        return self.changed(members=1)

    def while_calibrating(self) -> Self:
        """Nothing is calibrated."""
        return self.while_comparing()

    @classmethod
    def model(cls) -> "type[AutoregressiveEnsemble]":
        from nbody_emulator.emulators.models.ensemble import AutoregressiveEnsemble

        return AutoregressiveEnsemble
