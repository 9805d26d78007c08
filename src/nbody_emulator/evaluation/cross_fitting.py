"""Intervals set by rows that they are not judged on: the calibration role in parts, each set by the others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbody_emulator.evaluation.conformal import conformal_quantiles
from nbody_emulator.streams import generator

PARTS = 10


@dataclass(frozen=True)
class CrossFitting:
    """Which of n judged rows set the intervals of which.

    Attributes:
        parts: of each row the part of the calibration role it lies in, -1 outside that role, (n,). A row's intervals
            are set by the calibration rows of all parts but its own.
    """

    parts: tuple[int, ...]

    def factors(self, z: np.ndarray) -> np.ndarray:
        """The factor on each row's standard deviation, the rms z of what sets it, (..., n) from z (..., n)."""
        found = self._by_part(lambda scores: np.sqrt(np.mean(scores**2, axis=-1)), np.abs(z))
        return np.moveaxis(found[self._place], 0, -1)

    def quantiles(self, z: np.ndarray, levels: np.ndarray) -> Iterator[np.ndarray]:
        """Level by level each row's conformal half-width in its standard deviations, (..., n) from z (..., n)."""
        found = self._by_part(lambda scores: conformal_quantiles(scores, levels), np.abs(z))
        for place in range(len(levels)):
            yield np.moveaxis(found[..., place], 0, -1)[..., self._place]

    def _by_part(self, statistic: Callable[[np.ndarray], np.ndarray], scores: np.ndarray) -> np.ndarray:
        """For each part the `statistic` of the calibration scores outside it, (parts, ...)."""
        parts = np.array(self.parts)
        return np.array([statistic(scores[..., (parts >= 0) & (parts != part)]) for part in np.unique(parts)])

    @cached_property
    def _place(self) -> np.ndarray:
        return np.unique(self.parts, return_inverse=True)[1]


def cross_fitting(roles: np.ndarray, groups: np.ndarray, seed: int) -> CrossFitting:
    """How rows of these roles and design points (n,) are cross-fitted."""
    calibrating = roles == "calibration"
    parts = np.full(len(roles), -1)
    parts[calibrating] = calibration_parts(groups[calibrating], seed)
    return CrossFitting(tuple(parts.tolist()))


def calibration_parts(groups: np.ndarray, seed: int) -> np.ndarray:
    """The part, 0 to at most 9, of each row (n,); rows of one design point are never parted."""
    labels, index = np.unique(groups, return_inverse=True)
    shuffled = generator(seed, "calibration", "parts").permutation(len(labels))
    return (shuffled % PARTS)[index]
