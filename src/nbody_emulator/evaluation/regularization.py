"""What a regularizer, which is a prior, does to bias and variance as it grows stronger."""

import pandas as pd

from nbody_emulator.evaluation.bias_variance import by_rung
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """What changes along the ladders of regularizers, as `by_rung` has it."""
    return by_rung(sources.all("regularizers"), protocol)
