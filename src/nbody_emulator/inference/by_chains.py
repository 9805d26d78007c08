"""Posteriors by walks along gradients: for more than five parameters, or observations that say very much."""

from nbody_emulator.inference.chains import ChainSettings, chains_of
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import PredictionTable


def by_chains(
    table: PredictionTable, observation: Observation, seed: int
) -> tuple[Posterior, tuple[str, ...]]:
    """The draws of four chains, and which checks they failed, in words.

    Raises:
        ValueError: the emulator's predictions have no slopes that a chain could follow.
    """
    found = chains_of(table, [observation], ChainSettings(seed=seed))[0]
    return found.posterior, found.failures
