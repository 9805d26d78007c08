"""What every fate declares: its words, and to which stars of a cluster it has happened."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot


@dataclass(frozen=True)
class Fate:
    """Something that may happen to a star by a given time.

    Attributes:
        happening: what it does, as in "the star escapes".
        meaning: when it is said to.
        happened: (N,) bool, of the stars of a cluster at that time.
    """

    happening: str
    meaning: str
    happened: Callable[[Snapshot], np.ndarray]
