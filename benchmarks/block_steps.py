"""Block steps: time of a step, pairs worked out over pairs needed, and star steps saved against a shared step.

    python benchmarks/block_steps.py [stars ...]

Plummer spheres of equal stars in Henon units (G = M = 1, E = -1/4), ten crossing times; CPU seconds, for others
may be on the machine.
"""

import sys
import time

import numpy as np
from stopwatch import keep_to_one_core, publish

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.initial_conditions import draw
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

SCALE_RADIUS = 3.0 * np.pi / 16.0
SOFTENINGS = (0.05, 0.005)  # scale radii
ACCURACY, LONGEST_STEP = 0.02, 0.125
DURATION = 28.25
REPEATS = 3


def main() -> None:
    keep_to_one_core()
    sizes = [int(word) for word in sys.argv[1:]] or [128, 256]
    publish("block_steps", [_row(stars, fraction) for stars in sizes for fraction in SOFTENINGS])


def _row(stars: int, fraction: float) -> dict:
    softening = fraction * SCALE_RADIUS
    masses = {"function": "equal", "mass": 1.0 / stars / GRAVITATIONAL_CONSTANT}
    settings = {"stars": stars, "profile": "plummer", "masses": masses}
    generator = np.random.default_rng(1)
    cluster = draw(
        settings, scale_radius=SCALE_RADIUS, virial_ratio=1.0, softening=softening, generator=generator
    )
    given = {"softening": softening, "accuracy": ACCURACY, "longest_step": LONGEST_STEP}

    def run(integrator: str, duration: float):
        return integrate(*cluster, [0.0, duration], integrator=integrator, **given)

    run("block_hermite4", DURATION)  # compiles
    seconds = []
    for _ in range(REPEATS):
        begun = time.process_time()
        block = run("block_hermite4", DURATION)
        seconds.append(time.process_time() - begun)
    shared = run("hermite4", DURATION / 16.0)
    return {
        "stars": stars,
        "softening [scale radii]": fraction,
        "CPU seconds": min(seconds),
        "energy error": float(block.energy_error),
        "block step [us]": 1e6 * min(seconds) / int(block.work.steps),
        "pairs executed over needed": float(block.work.executed_pairs / block.work.needed_pairs),
        "star steps saved": float(16.0 * shared.work.star_steps / block.work.star_steps),
    }


if __name__ == "__main__":
    main()
