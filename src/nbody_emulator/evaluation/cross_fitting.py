"""Intervals set by rows that they are not judged on: the calibration role in parts, each set by the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbody_emulator.calibration_points import CALIBRATION_PARTS
from nbody_emulator.evaluation.conformal import conformal_quantiles
from nbody_emulator.evaluation.quantile_map import QuantileMap
from nbody_emulator.streams import generator


@dataclass(frozen=True)
class CrossFitting:
    """Which of n judged rows set the intervals of which.

    Attributes:
        parts: of each row the part of the calibration role it lies in, -1 outside that role, (n,). A row's intervals
            are set by the calibration rows of all parts but its own.
    """

    parts: tuple[int, ...]

    @cached_property
    def splits(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """Numbers of the rows that set, and of those whose intervals they set; each row is set once."""
        parts = np.array(self.parts)
        return tuple(
            (np.flatnonzero((parts >= 0) & (parts != part)), np.flatnonzero(parts == part))
            for part in np.unique(parts)
        )

    def reaches(self, scores: np.ndarray, levels: np.ndarray) -> Iterator[np.ndarray]:
        """Level by level the largest score that each row's conformal interval holds, (..., n) from scores (..., n)."""
        found = [(rows, conformal_quantiles(scores[..., setting], levels)) for setting, rows in self.splits]
        for place in range(len(levels)):
            reach = np.empty(scores.shape)
            for rows, quantiles in found:
                reach[..., rows] = quantiles[..., place, None]
            yield reach

    def reach(self, scores: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """The same at once, (n, L), from scores (n, L) that are each level's own, or (n, 1) that all levels share."""
        found = np.empty((len(scores), len(levels)))
        own = np.arange(len(levels)) if scores.shape[1] > 1 else 0
        for setting, rows in self.splits:
            quantiles = conformal_quantiles(scores[setting].T, levels)
            found[rows] = quantiles[own, np.arange(len(levels))]
        return found

    def maps(self, scores: np.ndarray) -> Iterator[tuple[np.ndarray, QuantileMap]]:
        """The numbers of rows, and the map that recalibrates them, from normal scores (..., n)."""
        for setting, rows in self.splits:
            yield rows, QuantileMap.set_by(scores[..., setting])

    def recalibrated(self, scores: np.ndarray) -> np.ndarray:
        """Normal scores (..., n), each recalibrated by what sets it."""
        found = np.empty(scores.shape)
        for rows, quantile_map in self.maps(scores):
            found[..., rows] = quantile_map(scores[..., rows])
        return found

    def independent_of(self, chosen: np.ndarray) -> int | None:
        """How many rows set the intervals of the `chosen` (n,), where none of these sets any; else None."""
        setting = np.array(self.parts) >= 0
        return None if np.any(setting & chosen) else int(setting.sum())


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
    return (shuffled % CALIBRATION_PARTS)[index]
