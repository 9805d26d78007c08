"""One run of a design integrated under one's eyes, with the attempts and the record that a block of runs has."""

import warnings
from collections.abc import Callable

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.settings.block import Simulation
from nbody_emulator.simulation.arguments import setting_names
from nbody_emulator.simulation.attempts import Attempt
from nbody_emulator.simulation.conditions import Conditions, prepare
from nbody_emulator.simulation.integration import integrate
from nbody_emulator.simulation.pieces import EnergyWarning, Report
from nbody_emulator.simulation.record import assemble
from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.status import judge

with extra("simulation"):
    import xarray as xr


def simulate_one(
    design: xr.Dataset, block: Simulation, report: Report, say: Callable[[str], None]
) -> xr.Dataset:
    """What `simulate_block` makes of a design of one run, to the bit, and tells of it meanwhile.

    Args:
        design: of one run, its point and replicate number 0.
        block: the physics of the run.
        report: told how far it is, as by `integrate`.
        say: told in a line of every attempt whose energy did not hold.
    """
    names, values = design["parameter"].values.tolist(), design["parameter_values"].values[0].tolist()
    conditions = prepare(dict(zip(names, values, strict=True)), block, 0, 0)
    attempt = _until_energy_holds(conditions, block, report, say) if conditions.finite else None
    return assemble(design, block, [conditions], [attempt], [judge(attempt, block.integration)])


def _until_energy_holds(
    conditions: Conditions, block: Simulation, report: Report, say: Callable[[str], None]
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
