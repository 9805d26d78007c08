"""How long an emulator takes to answer, on the machine at hand."""

import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nbody_emulator.emulators.emulator import Emulator

POINTS = 1024
REPEATS = 3


def seconds_per_answer(emulator: "Emulator") -> float:
    """For the mean and the variance of all outputs at one point among many that are asked together, compiled before.

    The best of several times, which other work on the machine disturbs least.
    """
    fractions = np.linspace(0.0, 1.0, POINTS)
    points = {each.name: each.from_unit_interval(fractions) for each in emulator.parameters}

    def answer() -> float:
        begun = time.perf_counter()
        prediction = emulator.predict(points)
        _ = prediction.transformed_mean, prediction.transformed_variance
        return time.perf_counter() - begun

    answer()  # compiles
    return min(answer() for _ in range(REPEATS)) / POINTS
