"""Trained networks and what they do not know of their last layers: Laplace's approximation, whose answer is analytic.

Source of the mixture of several: Eschenhagen et al. 2021 (Mixtures of Laplace approximations, arXiv:2111.03577).
"""

from typing import TYPE_CHECKING, ClassVar

from nbody_emulator.emulators.families.network import AbstractNetwork
from nbody_emulator.marks import Mark

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.laplace import LaplaceEnsemble


class Laplace(AbstractNetwork):
    """A Gaussian for each output, whose mean is uncertain in the weights of the last layer."""

    meaning: ClassVar = "Ensemble of neural networks, each with a Laplace approximation of its last layer"
    label: ClassVar = "Laplace network ensemble"
    mark: ClassVar = Mark(4, "$\u2665$")
    calibrator: ClassVar = "residual_shape"
    prominent: ClassVar = False

    @classmethod
    def model(cls) -> "type[LaplaceEnsemble]":
        from nbody_emulator.emulators.models.laplace import LaplaceEnsemble

        return LaplaceEnsemble
