"""How much of the largest energy error an audit every 16 steps misses, against an audit of every step.

python benchmarks/audit_spacing.py [config/laptop.yaml] [runs]
"""

import sys
from pathlib import Path

import numpy as np
import yaml
from stopwatch import keep_to_one_core, publish

from nbody_emulator.design import draw_block
from nbody_emulator.simulation.conditions import prepare
from nbody_emulator.simulation.integration import STEPS_PER_AUDIT, integrate

STEPS = 4000
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
    shares = np.array([_share(design.isel(run=run), settings) for run in range(runs)])
    row = {
        "steps an audit": STEPS_PER_AUDIT,
        "runs": runs,
        "median share found": float(np.median(shares)),
        "smallest share found": float(np.min(shares)),
    }
    publish("audit_spacing", [row])


def _share(row, settings: dict) -> float:
    """The largest error that audits find over the largest of all steps, of the same first steps of a run."""
    names = [str(name) for name in row.parameter.values]
    parameters = dict(zip(names, row.parameter_values.values, strict=True))
    run = prepare(parameters, settings, int(row.point), 0)
    step = settings["integration"]["step"] * run.crossing_time
    options = {"softening": run.softening, "angular_speed": run.angular_speed, "step": 1.001 * step}
    # Between times one step apart every step is audited; between times 16 steps apart, every sixteenth.
    times = step * np.arange(STEPS + 1)
    audited = integrate(*run.stars, times[::STEPS_PER_AUDIT], **options)
    everywhere = integrate(*run.stars, times, **options)
    assert audited.steps == everywhere.steps == STEPS
    return float(audited.energy_error / everywhere.energy_error)


if __name__ == "__main__":
    main()
