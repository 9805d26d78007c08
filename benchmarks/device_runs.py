"""Clusters that a GPU follows to their end in an hour: those of the default experiment, and the same of 1024 stars.

A block of 256 training runs, its own Latin hypercube, side by side in one call of `integrate_many`, which ends with
the slowest; each once, without a second attempt. Float64. The integrators that can go side by side, at settings that
keep all runs of `hermite4` and half of those of `leapfrog` within the experiment's tolerance of energy on a processor
(`integrators.py`). Wall time of the integration: compilation is apart, and the stars are drawn before. Every row is
kept as soon as it is measured.

    python benchmarks/device_runs.py [--rehearse]

--rehearse: two tiny clusters for half a Myr on whatever device is there, nothing written.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import jax
import numpy as np
from accelerator import measure
from stopwatch import best_seconds

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.file import load
from nbody_emulator.design.block import draw_block
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.duration import Duration
from nbody_emulator.settings.integration import Integration
from nbody_emulator.simulation.attempts import Attempt, run_all
from nbody_emulator.simulation.conditions import Conditions, prepare

CONFIG = Path(__file__).parents[1] / "config" / "laptop.yaml"
BATCH = 256
STARS = (128, 1024)
SETTINGS = {
    "hermite4": {"accuracy": 0.02, "longest_step": 0.125},
    "leapfrog": {"step": 0.000625},
}
ONE_ATTEMPT = {"energy_tolerance": np.inf, "halvings": 0}


def block(batch: int, stars: int, **changes: object) -> BlockOfRuns:
    """What the default experiment says of its first block of training runs, with so many runs and stars."""
    experiment = load(CONFIG)
    first = block_of_runs(experiment, experiment.set_of("training")[1], 0)
    return first.changed(points=batch, cluster=first.cluster.changed(stars=stars), **changes)


def conditions(block: BlockOfRuns) -> list[Conditions]:
    """Every run of the block, its stars drawn."""
    design = draw_block(block)
    names = [str(name) for name in design["parameter"].values]
    return [
        prepare(
            dict(zip(names, map(float, run["parameter_values"].values), strict=True)),
            block,
            int(run["point"]),
            int(run["replicate"]),
        )
        for run in (design.isel(run=index) for index in range(design.sizes["run"]))
    ]


def follow(runs: list[Conditions], integrator: str, **limits: int) -> list[Attempt]:
    """The runs to their end, side by side in one call."""
    # Whatever a configuration would allow.
    method = Integration.model_construct(
        integrator=integrator, **SETTINGS[integrator], **ONE_ATTEMPT, batch_width=len(runs), **limits
    )
    return run_all(runs, method, lambda done: None)


def row(integrator: str, given: BlockOfRuns, device: jax.Device) -> dict[str, object]:
    """A row of the table."""
    runs, attempts = conditions(given), []
    follow(runs, integrator, most_steps=1)  # compiles
    seconds = best_seconds(lambda: attempts.extend(follow(runs, integrator)), repeats=1)
    errors = [float(attempt.trajectory.energy_error) for attempt in attempts]
    steps = [int(attempt.trajectory.work.steps) for attempt in attempts]
    tolerance = given.integration.energy_tolerance
    return {
        "device": device.device_kind,
        "batch": len(runs),
        "stars": given.cluster.stars,
        "integrator": integrator,
        "setting": next(iter(SETTINGS[integrator].values())),
        "seconds": seconds,
        "clusters an hour": len(runs) / seconds * 3600.0,
        "steps of the slowest": max(steps),
        "steps of all over slots": sum(steps) / (len(steps) * max(steps)),
        "median energy error": float(np.median(errors)),
        f"runs below {tolerance:g}": float(np.mean(np.array(errors) < tolerance)),
    }


def rows(device: jax.Device) -> Iterator[dict[str, object]]:
    for stars, integrator in product(STARS, SETTINGS):
        yield row(integrator, block(BATCH, stars), device)


def rehearsal(device: jax.Device) -> Iterator[dict[str, object]]:
    for stars, integrator in product((8, 16), SETTINGS):
        yield row(integrator, block(2, stars, duration=Duration(time=0.5)), device)


if __name__ == "__main__":
    measure("device_runs", rows, rehearsal)
