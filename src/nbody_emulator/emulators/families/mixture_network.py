"""A deep ensemble of mixture-density networks: the joint distribution of all outputs, correlation, skew and tails.

Hyperparameters, early stopping and training are those of the network ensemble.
"""

from typing import TYPE_CHECKING, ClassVar

from nbody_emulator.emulators.families.network import AbstractNetwork
from nbody_emulator.marks import Mark
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import MixtureEnsemble


class MixtureNetwork(AbstractNetwork):
    """A mixture of Gaussians of all outputs, whose means, widths and correlations depend on the inputs."""

    meaning: ClassVar = "Ensemble of neural networks, each with a mixture of Gaussians of all outputs"
    label: ClassVar = "mixture network ensemble"
    mark: ClassVar = Mark(8, "<")
    calibrator: ClassVar = "constant_variance"

    components: int = setting(3, "Gaussians in each network's mixture", ge=1, le=100)

    @classmethod
    def model(cls) -> "type[MixtureEnsemble]":
        from nbody_emulator.emulators.models.ensemble import MixtureEnsemble

        return MixtureEnsemble
