"""Predictions a second, transformed mean and total variance, of every shipped emulator, through the public door.

    python benchmarks/prediction_rate.py [emulator.eqx ...]

Box check included, on one core; the files that are named besides are of families that are too large to ship. Goal:
300 000 a second on two cores for networks.
"""

import sys
from pathlib import Path

import numpy as np
from stopwatch import best_cpu_seconds, keep_to_one_core, publish

from nbody_emulator.emulators import Emulator
from nbody_emulator.emulators.shipped import names

POINTS = 1 << 15
REPEATS = 5


def rate(emulator: Emulator) -> float:
    """Predictions in a CPU second, of a large batch."""
    random = np.random.default_rng(1)
    points = {each.name: each.from_unit_interval(random.random(POINTS)) for each in emulator.parameters}

    def answer():
        prediction = emulator.predict(points)
        return prediction.transformed_mean, prediction.transformed_variance

    answer()  # compiles
    return POINTS / best_cpu_seconds(answer, REPEATS)


def main() -> None:
    keep_to_one_core()
    # By their families: the name of an experiment alone is one of them.
    families = [name for name in names() if "/" in name]
    rows = []
    for source in (*families, *map(Path, sys.argv[1:])):
        emulator = Emulator.load(source)
        told = {
            "emulator": source if isinstance(source, str) else source.stem,
            "family": emulator.metadata.family,
        }
        rows.append(
            {**told, "parameters": len(emulator.parameters), "predictions in a CPU second": rate(emulator)}
        )
    publish("prediction_rate", rows)


if __name__ == "__main__":
    main()
