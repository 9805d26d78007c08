"""What a predicted distribution is charged for a target, elementwise, from what it says of it."""

import numpy as np

from nbody_emulator.evaluation.standard_normal import quantile
from nbody_emulator.levels import ends_of, per_cent


def negative_log_likelihood(log_density: np.ndarray, spread: np.ndarray | float = 1.0) -> np.ndarray:
    """-log of the density of `target / spread` [nats], from that of the target.

    Dividing the target by `spread` multiplies the density by `spread`, so that the value is the plain one minus
    log(spread): outputs of any unit can then be averaged.
    """
    return -log_density - np.log(spread)


def covered(pit: np.ndarray, level: float) -> np.ndarray:
    """1 where the central interval of probability `level` holds the target, else 0; both ends closed."""
    return (np.abs(2 * pit - 1) <= level).astype(float)


def below(pit: np.ndarray, level: float) -> np.ndarray:
    """1 where the target lies below the central interval of probability `level`, else 0."""
    return (pit < ends_of(level)[0]).astype(float)


def above(pit: np.ndarray, level: float) -> np.ndarray:
    """1 where the target lies above the central interval of probability `level`, else 0."""
    return (pit > ends_of(level)[1]).astype(float)


def half_width(level: np.ndarray | float) -> np.ndarray:
    """Normal score of the upper end of the central interval of probability `level`."""
    return quantile(0.5 + 0.5 * np.asarray(level))


def coverage_name(level: float) -> str:
    """The metric's name: `coverage_68` for level 0.68, `coverage_68.27` for 0.6827. Each level has its own."""
    return f"coverage_{per_cent(level)}"


def tail_name(side: str, level: float) -> str:
    """The metric's name: `tail_below_90` for what lies below the central interval of 90 %."""
    return coverage_name(level).replace("coverage", f"tail_{side}", 1)
