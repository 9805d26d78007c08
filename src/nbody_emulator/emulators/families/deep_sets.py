"""A deep ensemble of networks of stars, whatever their order: each sees every star of a cluster before it moves.

Hyperparameters, early stopping and training are those of the network ensemble; given no stars, it is such an
ensemble of what is known of the whole cluster. Source of the idea: Zaheer et al. 2017 (Deep Sets, NeurIPS 30).
"""

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from nbody_emulator.emulators.families.network import AbstractNetwork
from nbody_emulator.emulators.family import geometric
from nbody_emulator.marks import Mark
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.set_ensemble import SetEnsemble


DECAYS = (0.3, 3.0)


class DeepSets(AbstractNetwork):
    """A Gaussian for each output."""

    meaning: ClassVar = (
        "Ensemble of permutation-invariant networks of the stars themselves, each with a Gaussian head"
    )
    label: ClassVar = "deep sets"
    article: ClassVar = ""
    mark: ClassVar = Mark(0, "$\u2691$")
    calibrator: ClassVar = "residual_shape"
    takes_stars: ClassVar = True

    frame: Literal["invariant", "rotated", "fixed"] = setting(
        "invariant",
        "How networks are told of a star: by numbers that no rotation changes, by its coordinates while every cluster "
        "is rotated and reflected anew in every epoch, or by its coordinates as they are",
    )
    pooling: Literal["mean", "attention"] = setting(
        "mean", "How stars are pooled: each alike and by its mass, or by weights that are learned"
    )

    def candidates(self, count: int) -> list[Self]:
        """Weight decays, evenly spaced in the logarithm, at one width: what is wide for every star is slow."""
        return [self.changed(weight_decay=decay) for decay in geometric(*DECAYS, count)]

    @classmethod
    def model(cls) -> "type[SetEnsemble]":
        from nbody_emulator.emulators.models.set_ensemble import SetEnsemble

        return SetEnsemble
