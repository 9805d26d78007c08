"""A block of runs: initial conditions drawn, integrated, judged, and put into one dataset."""

from collections.abc import Callable

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.settings.block import Simulation
from nbody_emulator.simulation.attempts import run_all
from nbody_emulator.simulation.conditions import Conditions, prepare
from nbody_emulator.simulation.record import assemble
from nbody_emulator.simulation.status import judge

with extra("simulation"):
    import xarray as xr

PLACE = ("point", "replicate", "perturbation")
"""Which run of its block a row is."""


def simulate_block(
    design: xr.Dataset, block: Simulation, report: Callable[[int], None] = lambda done: None
) -> xr.Dataset:
    """Simulate every run of a design.

    Args:
        design: `parameter_values(run, parameter)` in the configuration's units, `point`, `replicate`, `seed`, and
            `perturbation` where the stars are moved by the last bit.
        block: the physics of its runs, and its place among the random streams.
        report: told how many runs are done, after each.

    Returns:
        Dimensions run, time, star, axis; see `record`. A failed run is a row with a status and a reason.
    """
    conditions = [_prepare(design.isel(run=index), block) for index in range(design.sizes["run"])]
    attempts = run_all(conditions, block.integration, report, block.refinements)
    judgements = [judge(attempt, block.integration) for attempt in attempts]
    return assemble(design, block, conditions, attempts, judgements)


def _prepare(row: xr.Dataset, block: Simulation) -> Conditions:
    names, values = row["parameter"].values, row["parameter_values"].values
    parameters = {str(name): float(value) for name, value in zip(names, values, strict=True)}
    with np.errstate(invalid="ignore", divide="ignore"):
        # A row that makes no cluster becomes a run with a status, not a warning.
        return prepare(parameters, block, *(int(row[name]) for name in PLACE if name in row))
