"""One cluster integrated under one's eyes, with the attempts and the record that a run of an experiment has."""

import json
import warnings
from collections.abc import Callable, Mapping

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.simulation.pieces import EnergyWarning, Report

with extra("simulation"):
    import xarray as xr

    from nbody_emulator.design.block import draw_block
    from nbody_emulator.simulation.record import assemble

from nbody_emulator.simulation.arguments import setting_names
from nbody_emulator.simulation.attempts import Attempt
from nbody_emulator.simulation.conditions import Conditions, prepare
from nbody_emulator.simulation.integration import integrate
from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.status import judge


def one_run(
    block: BlockOfRuns, parameters: Mapping[str, float], report: Report, say: Callable[[str], None]
) -> xr.Dataset:
    """The dataset of a block of one run, to the bit that of `simulate_block`.

    Args:
        parameters: by name, in the block's units.
        report: told how far it is, as by `integrate`.
        say: told in a line of every attempt whose energy did not hold.
    """
    conditions = prepare(dict(parameters), block, 0, 0)
    attempt = _until_energy_holds(conditions, block, report, say) if conditions.finite else None
    judgement = judge(attempt, block.integration)
    dataset = assemble(draw_block(block), block, [conditions], [attempt], [judgement])
    return dataset.assign_attrs(
        description=block.description,
        source="nbody-emulator",
        specification=json.dumps(block.written(), sort_keys=True),
    )


def _until_energy_holds(
    conditions: Conditions, block: BlockOfRuns, report: Report, say: Callable[[str], None]
) -> Attempt:
    """The first attempt within the tolerance, or the last."""
    integration = block.integration
    integrator = INTEGRATORS.load(integration.integrator)
    for halvings in range(integration.halvings + 1):
        settings = integration.of(setting_names(integrator))
        settings[integrator.refined] /= 2**halvings
        lengths = {
            key: settings[key] * conditions.crossing_time
            for key in integrator.in_crossing_times
            if key in settings
        }
        is_last = halvings == integration.halvings
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EnergyWarning)  # told below, or by the status
            trajectory = integrate(
                **conditions.stars._asdict(),
                times=conditions.times,
                softening=conditions.softening,
                tide=conditions.tide,
                mergers=conditions.mergers,
                integrator=integration.integrator,
                abandon_above=np.inf if is_last else integration.energy_tolerance,
                most_steps=integration.most_steps,
                report=report,
                **{**settings, **lengths},
            )
        if trajectory.energy_error <= integration.energy_tolerance:
            break
        if not is_last:
            say(f"energy error {trajectory.energy_error:.1e}: again with half the {integrator.refined}")
    return Attempt(trajectory, settings, integrator.refined, halvings)
