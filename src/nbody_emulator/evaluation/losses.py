"""Losses of one Gaussian prediction: closed forms, elementwise, lower is better.

Sources: Gneiting & Raftery 2007 (J. Am. Stat. Assoc. 102, 359), equations 19-21.
"""

import numpy as np

from nbody_emulator.evaluation.standard_normal import cumulative, density, log_density, quantile
from nbody_emulator.levels import per_cent


def negative_log_likelihood(
    target: np.ndarray, mean: np.ndarray, standard_deviation: np.ndarray, spread: float = 1.0
) -> np.ndarray:
    """-log of the density of `target / spread` [nats].

    Dividing target, mean and standard deviation by `spread` multiplies the density by `spread`, so that
    the value is the plain one minus log(spread): outputs of any unit can then be averaged.
    """
    z = (target - mean) / standard_deviation
    return -(log_density(z) - np.log(standard_deviation)) - np.log(spread)


def continuous_ranked_probability_score(
    target: np.ndarray, mean: np.ndarray, standard_deviation: np.ndarray, spread: float = 1.0
) -> np.ndarray:
    """CRPS of `target / spread`: s [z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)] / spread."""
    z = (target - mean) / standard_deviation
    unit = z * (2 * cumulative(z) - 1) + 2 * density(z) - 1 / np.sqrt(np.pi)
    return standard_deviation * unit / spread


def covered(z: np.ndarray, level: float) -> np.ndarray:
    """1 where the central interval of probability `level` holds the target, else 0; both ends closed."""
    return (np.abs(z) <= half_width(level)).astype(float)


def below(z: np.ndarray, level: float) -> np.ndarray:
    """1 where the target lies below the central interval of probability `level`, else 0."""
    return (z < -half_width(level)).astype(float)


def above(z: np.ndarray, level: float) -> np.ndarray:
    """1 where the target lies above the central interval of probability `level`, else 0."""
    return (z > half_width(level)).astype(float)


def half_width(level: np.ndarray | float) -> np.ndarray:
    """Half the width of the central interval of probability `level`, in standard deviations."""
    return quantile(0.5 + 0.5 * np.asarray(level))


def coverage_name(level: float) -> str:
    """The metric's name: `coverage_68` for level 0.68, `coverage_68.27` for 0.6827. Each level has its own."""
    return f"coverage_{per_cent(level)}"


def tail_name(side: str, level: float) -> str:
    """The metric's name: `tail_below_90` for what lies below the central interval of 90 %."""
    return coverage_name(level).replace("coverage", f"tail_{side}", 1)
