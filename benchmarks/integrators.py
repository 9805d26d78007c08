"""What each integrator pays for accuracy in the default experiment: CPU seconds a run against the energy error.

The first runs of the default experiment's training design, each integrator at a ladder of settings without any
second attempt. One thread; the first run of each, which compiles, is not counted.

    python benchmarks/integrators.py
"""

import time
from pathlib import Path

import numpy as np
from stopwatch import keep_to_one_core, publish

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.file import load
from nbody_emulator.design.block import draw_block
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.integration import Integration
from nbody_emulator.simulation.block import simulate_block

CONFIG = Path(__file__).parents[1] / "config" / "laptop.yaml"
RUNS = 30
LADDERS = {
    "leapfrog": [{"step": step} for step in (0.005, 0.0025, 0.00125, 0.000625)],
    "hermite4": [{"accuracy": accuracy, "longest_step": 0.125} for accuracy in (0.16, 0.08, 0.04, 0.02)],
    "block_hermite4": [
        {"accuracy": accuracy, "longest_step": 0.125} for accuracy in (0.16, 0.08, 0.04, 0.02, 0.01)
    ],
}
ONE_ATTEMPT = {"energy_tolerance": 1.0, "unusable_above": 1.0, "halvings": 0, "batch_width": 1}


def main() -> None:
    keep_to_one_core()
    experiment = load(CONFIG)
    block = block_of_runs(experiment, experiment.set_of("training")[1], 0)
    design = draw_block(block).isel(run=slice(RUNS))
    rows = [
        _row(design, block, integrator, setting)
        for integrator, settings in LADDERS.items()
        for setting in settings
    ]
    publish("integrators", rows)


def _row(design, block: BlockOfRuns, integrator: str, setting: dict) -> dict[str, object]:
    seconds, errors = tried(design, block, integrator, setting)
    return {
        "integrator": integrator,
        "setting": next(iter(setting.values())),
        "CPU seconds a run": seconds,
        "median energy error": float(np.median(errors)),
        "largest of 30": float(np.max(errors)),
        "runs below 1e-5": float(np.mean(errors < 1e-5)),
    }


def tried(design, block: BlockOfRuns, integrator: str, setting: dict) -> tuple[float, np.ndarray]:
    """CPU seconds a run, and the energy error of each; infinite where it is not finite."""
    block = block.changed(integration=Integration(integrator=integrator, **setting, **ONE_ATTEMPT))
    simulate_block(design.isel(run=slice(1)), block)
    begun = time.process_time()
    runs = simulate_block(design, block)
    seconds = (time.process_time() - begun) / design.sizes["run"]
    return seconds, np.nan_to_num(runs["energy_error"].values, nan=np.inf)


if __name__ == "__main__":
    main()
