"""A network that goes without some of its hidden units, while training and while it answers.

A network trained so is an approximation of a posterior over its weights: each choice of units that stay is a draw of
it, and the answer is the mixture of many. Which they are is drawn once, when it is fitted: an emulator says the same
twice.
Source: Gal & Ghahramani 2016 (Dropout as a Bayesian approximation, ICML 48, 1050).
"""

from typing import TYPE_CHECKING, ClassVar, Self

from nbody_emulator.emulators.families.network import AbstractNetwork
from nbody_emulator.emulators.family import (
    Climb,
    Ladder,
    even_pairs,
    geometric_between,
)
from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import tuned
from nbody_emulator.settings.section import setting

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.ensemble import ThinnedEnsemble

LEAST_DROPOUT, MOST_DROPOUT = 0.01, 0.2
LEAST_DECAY, MOST_DECAY = 0.05, 2.0
"""Weight decays tried: below those of the network ensemble, for the dropout restrains the weights too."""


class DropoutNetwork(AbstractNetwork):
    """A Gaussian for each output, from each of many thinned networks."""

    meaning: ClassVar = "Neural network that goes without some hidden units, in training and in its answers"
    label: ClassVar = "Monte Carlo dropout"
    article: ClassVar = ""
    mark: ClassVar = Mark(1, "H")
    calibrator: ClassVar = "residual_shape"
    prominent: ClassVar = False
    ladders: ClassVar = (
        Ladder(
            key="rates",
            climb=Climb.PRIOR,
            title="Dropout: about a prior\nthat units are of no use",
            label="share that drops out",
            minimum=1e-4,
            maximum=0.9,
            meaning="Networks of 32 units in both layers with little weight decay: shares of the units that drop out, "
            "ascending",
            rung="A share",
            at=lambda share: {"dropout": share, "weight_decay": LEAST_DECAY},
            is_whole=False,
        ),
    )

    members: int = setting(1, "Networks in the ensemble", ge=1, le=1024)
    versions: int = setting(50, "Choices of hidden units that each network answers with", ge=1, le=10000)
    width: int = tuned(32, "hidden units in each of the two layers", ge=1)
    weight_decay: float = tuned(0.3, "decoupled weight decay", ge=0.0)
    dropout: float = tuned(0.05, "share of the hidden units that drop out", ge=0.0, lt=1.0)

    def candidates(self, count: int) -> list[Self]:
        """Shares, evenly spaced in the logarithm, with weight decays that go round in it."""
        return [
            self.changed(
                dropout=geometric_between(LEAST_DROPOUT, MOST_DROPOUT, first),
                weight_decay=geometric_between(LEAST_DECAY, MOST_DECAY, second),
            )
            for first, second in even_pairs(count)
        ]

    @classmethod
    def model(cls) -> "type[ThinnedEnsemble]":
        from nbody_emulator.emulators.models.ensemble import ThinnedEnsemble

        return ThinnedEnsemble
