"""How much of the largest energy error is missed by an audit that does not look at every step.

python benchmarks/audit_spacing.py [config/laptop.yaml] [runs]
"""

import sys
from pathlib import Path

import numpy as np
import yaml
from stopwatch import keep_to_one_core, publish

from nbody_emulator.design import draw_block
from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.conditions import prepare

SPACINGS = (1, 2, 4, 8, 16, 64)
STEPS = 4096
"""Steps of a run that are compared: a few times the duration in which a cold cluster collapses."""


def main() -> None:
    keep_to_one_core()
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "config/laptop.yaml")
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    settings = yaml.safe_load(path.read_text()) | {
        "sampler": "prior",
        "points": runs,
        "replicates": 1,
        "stream": "benchmark",
        "block": 0,
    }
    design = draw_block(settings)
    changes = np.stack([_changes(design.isel(run=run), settings) for run in range(runs)])
    largest = np.max(changes, axis=1)
    rows = []
    for spacing in SPACINGS:
        shares = np.max(changes[:, ::spacing], axis=1) / largest
        rows.append(
            {
                "steps between audits": spacing,
                "median share of the largest error": float(np.median(shares)),
                "smallest share": float(np.min(shares)),
            }
        )
    publish("audit_spacing", rows)


def _changes(row, settings: dict) -> np.ndarray:
    """|E - E0| of a run after each of its first steps."""
    names = [str(name) for name in row.parameter.values]
    parameters = dict(zip(names, row.parameter_values.values, strict=True))
    run = prepare(parameters, settings, int(row.point), 0)
    step = settings["integration"]["step"] * run.crossing_time
    trajectory = integrate(
        *run.stars,
        step * np.arange(STEPS + 1),
        softening=run.softening,
        tide=run.tide,
        step=step,
    )
    return np.abs(trajectory.energies - trajectory.energies[0])


if __name__ == "__main__":
    main()
