"""How far a point lies from the training runs, in the model's own metric, and from where on that is too far."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.emulators.box import fractions_of

if TYPE_CHECKING:
    from nbody_emulator.emulators.emulator import Emulator
    from nbody_emulator.emulators.prediction import Prediction

NEIGHBOURS = 5
"""Training runs to which the distance is averaged: one alone may happen to lie near."""

FALSE_ALARMS = 0.05
"""Share of runs like those of the calibration set that are called too far."""

STEP = 0.1
"""Of the box, over which the model's slopes are taken: steps of a forest are averaged over several leaves."""

_AT_ONCE = 1024
"""Points whose distances to all training runs are held in memory."""


@dataclass(frozen=True, eq=False)
class Applicability:
    """The score of a point is its mean distance to the nearest training runs over a threshold: above 1 is too far.

    A distance along a parameter counts by how steeply the model's own mean runs along it: it is what the mean moves,
    in standard deviations of the prediction, root mean square over the training runs and outputs.

    Attributes:
        design: (m, d) training runs as fractions of the box, float32.
        steepness: (d,) standard deviations of a prediction by which the mean moves over the width of the box.
        threshold: the distance that a share `false_alarms` of the calibration runs exceeds.
        false_alarms: that share.
        calibration_points: how many design points the threshold was set by.
    """

    design: np.ndarray
    steepness: np.ndarray
    threshold: float
    false_alarms: float
    calibration_points: int

    @staticmethod
    def of(
        emulator: "Emulator",
        training: np.ndarray,
        calibration: np.ndarray,
        false_alarms: float = FALSE_ALARMS,
    ) -> "Applicability":
        """That of the emulator, whose slopes it takes, with the threshold that the calibration runs set.

        Another point of the same distribution as the calibration points is flagged with a probability of at most
        `false_alarms`, whatever the distribution: the threshold is the k-th smallest of their m distances, with
        k = ceil((m + 1) (1 - false_alarms)).

        Args:
            training: (n, d) parameters of the runs that it was fitted to, in its order and units, as `Table.inputs`.
            calibration: (m, d) those of runs that it was not.

        Raises:
            ValueError: there are too few calibration runs for so small a share.
        """
        design = _points(emulator, training).astype(np.float32)
        steepness = _steepness(emulator, design)
        unset = Applicability(design, steepness, math.inf, false_alarms, 0)
        distances = np.sort(unset.distance(_points(emulator, calibration)))
        place = math.ceil((len(distances) + 1) * (1.0 - false_alarms))
        if not 0.0 < false_alarms < 1.0 or place > len(distances):
            raise ValueError(
                f"false_alarms must lie between {1.0 / (len(distances) + 1):.3g} and 1 with {len(distances)} "
                f"calibration points, not {false_alarms!r}"
            )
        return Applicability(design, steepness, float(distances[place - 1]), false_alarms, len(distances))

    def distance(self, fractions: np.ndarray) -> np.ndarray:
        """(...) mean distance of points (..., d), as fractions of the box, to the nearest training runs."""
        flat = fractions.reshape(-1, fractions.shape[-1])
        parts = [self._distances(flat[start : start + _AT_ONCE]) for start in range(0, len(flat), _AT_ONCE)]
        return np.concatenate([np.zeros(0), *parts]).reshape(fractions.shape[:-1])

    def score(self, fractions: np.ndarray) -> np.ndarray:
        """(...) that distance over the threshold."""
        return self.distance(fractions) / self.threshold

    def _distances(self, fractions: np.ndarray) -> np.ndarray:
        apart = (fractions[:, None, :] - self.design[None]) * self.steepness
        nearest = np.sort(np.sqrt(np.sum(apart**2, axis=-1)), axis=-1)[:, :NEIGHBOURS]
        return nearest.mean(axis=-1)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """What of it a file keeps as arrays, by name."""
        return {"applicability.design": self.design, "applicability.steepness": self.steepness}

    @property
    def told(self) -> dict[str, Any]:
        """What of it a file says in words and numbers."""
        return {
            "threshold": self.threshold,
            "false_alarms": self.false_alarms,
            "calibration_points": self.calibration_points,
        }

    @staticmethod
    def kept(told: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "Applicability":
        """That of a file."""
        return Applicability(
            arrays["applicability.design"],
            arrays["applicability.steepness"],
            float(told["threshold"]),
            float(told["false_alarms"]),
            int(told["calibration_points"]),
        )


def _points(emulator: "Emulator", values: np.ndarray) -> np.ndarray:
    """(m, d) the different points, as fractions of the box."""
    return np.unique(fractions_of(emulator.parameters, values), axis=0)


def _steepness(emulator: "Emulator", design: np.ndarray) -> np.ndarray:
    """(d,) root mean square slope of the mean along each axis of the box, in standard deviations of the prediction."""
    fractions = np.clip(design.astype(float), 0.0, 1.0)
    here = _ask(emulator, fractions)
    mean, deviation = here.transformed_mean, here.transformed_std
    slopes = []
    for axis in range(fractions.shape[1]):
        moved = fractions.copy()
        moved[:, axis] += np.where(moved[:, axis] < 0.5, STEP, -STEP)
        steps = (_ask(emulator, moved).transformed_mean - mean) / deviation / STEP
        slopes.append(np.sqrt(np.nanmean(steps**2)))
    return np.array(slopes)


def _ask(emulator: "Emulator", fractions: np.ndarray) -> "Prediction":
    parameters = enumerate(emulator.parameters)
    return emulator.predict(
        {each.name: each.from_unit_interval(fractions[:, place]) for place, each in parameters}
    )
