"""The odds of several models for one observed cluster, which were equal before it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.evidence import Evidence, evidence_of
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import POINTS, PredictionTable


@dataclass(frozen=True)
class Odds:
    """Of m models, by name.

    Attributes:
        evidences: of each, its logarithm [nats].
    """

    evidences: Mapping[str, Evidence]

    @property
    def probabilities(self) -> dict[str, float]:
        """Of each model, if it is one of these and none was likelier before."""
        values = np.array([each.log_value for each in self.evidences.values()])
        relative = np.exp(values - values.max())
        return dict(zip(self.evidences, (relative / relative.sum()).tolist(), strict=True))

    def __str__(self) -> str:
        words = {name: f"ln evidence {each.log_value:.2f}" for name, each in self.evidences.items()}
        return "\n".join(f"{name}: {share:.3f} ({words[name]})" for name, share in self.probabilities.items())


def odds_of(emulators: Mapping[str, Emulator], observation: Observation, points: int = POINTS) -> Odds:
    """By the evidence of the same observation under each model's emulator, by name.

    Args:
        points: that evidences are summed over at most.

    Raises:
        ValueError: the emulators have other outputs than the observation, or nothing in a box can explain it.
    """
    for name, emulator in emulators.items():
        if emulator.outputs != observation.outputs:
            raise ValueError(
                f"the emulator of {name} has other outputs than the observation; take those of one experiment"
            )
    return Odds(
        {
            name: evidence_of(PredictionTable.of(emulator, points), observation)
            for name, emulator in emulators.items()
        }
    )
