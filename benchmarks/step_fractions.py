"""Where to start the step: the cost of a run with its repeats, and the share of runs whose energy holds.

    python benchmarks/step_fractions.py [config/laptop.yaml] [runs]

Runs are drawn from the configuration's own box. Steps are counted, not timed, so that any machine will do.
"""

import sys
from pathlib import Path

import numpy as np
import yaml
from stopwatch import keep_to_one_core, publish

from nbody_emulator.design import draw_block
from nbody_emulator.simulation import attempts, simulate_block
from nbody_emulator.simulation.integration import integrate

FRACTIONS = (0.02, 0.01, 0.0075, 0.005, 0.0025)
FINEST = 0.0003125


def main() -> None:
    keep_to_one_core()
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "config/laptop.yaml")
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    configuration = yaml.safe_load(path.read_text())
    publish("step_fractions", [_row(configuration, fraction, runs) for fraction in FRACTIONS])


def _row(configuration: dict, fraction: float, runs: int) -> dict:
    """Runs started at this fraction of a crossing time, halved down to the same finest step."""
    halvings = int(np.floor(np.log2(fraction / FINEST)))
    integration = configuration["integration"] | {"step": fraction, "halvings": halvings}
    settings = configuration | {
        "integration": integration,
        "sampler": "prior",
        "points": runs,
        "replicates": 1,
        "stream": "benchmark",
        "block": 0,
    }
    done, steps = _simulate_and_count(settings)
    errors = done.energy_error.values
    return {
        "step [crossing times]": fraction,
        "steps a run, repeats included": steps / runs,
        "runs repeated [%]": 100.0 * float(np.mean(done.halvings.values > 0)),
        "within tolerance [%]": 100.0 * float(np.mean(errors <= integration["energy_tolerance"])),
        "median error": float(np.median(errors)),
        "most halvings": int(done.halvings.max()),
    }


def _simulate_and_count(settings: dict):
    """The block, and the steps of all attempts, abandoned ones too."""
    taken = []

    def counted(*arguments, **options):
        trajectory = integrate(*arguments, **options)
        taken.append(int(trajectory.work.steps))
        return trajectory

    attempts.integrate = counted
    try:
        return simulate_block(draw_block(settings), settings), sum(taken)
    finally:
        attempts.integrate = integrate


if __name__ == "__main__":
    main()
