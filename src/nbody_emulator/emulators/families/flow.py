"""A deep ensemble of conditional normalizing flows: the joint density of all outputs, of whatever shape, correlated.

Hyperparameters, early stopping and training are those of the network ensemble. Trained with flowjax.
"""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.families.network import AbstractNetwork
from nbody_emulator.marks import Mark
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import FlowEnsemble


class Flow(AbstractNetwork):
    """A masked autoregressive flow of one layer: the line and the spline of an output depend on those before it.

    Of one layer what is missing at the end of the order of outputs is left out of the loss, and of the answer, exactly.
    """

    meaning: ClassVar = "Ensemble of masked autoregressive flows with splines, from normals to all outputs"
    label: ClassVar = "normalizing flow ensemble"
    mark: ClassVar = Mark(0, "d")
    calibrator: ClassVar = "none"
    decays: ClassVar = (0.1, 1.0)

    members: int = setting(4, "Flows in the ensemble", ge=1, le=1024)
    epochs: int = setting(200, "Passes over the training data at most", ge=1, le=1000000)
    learning_rate: float = setting(0.02, "Peak learning rate", gt=0, le=1)
    knots: int = setting(5, "Knots of each spline, beside its ends", ge=1, le=100)

    def while_calibrating(self) -> Self:
        """Nothing is calibrated."""
        return self.while_comparing()

    @classmethod
    def model(cls) -> "type[FlowEnsemble]":
        from nbody_emulator.emulators.models.ensemble import FlowEnsemble

        return FlowEnsemble
