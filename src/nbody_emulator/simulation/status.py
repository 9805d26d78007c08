"""How a run ended, in a number and in words."""

import numpy as np

from nbody_emulator.quantities.run_status import Status
from nbody_emulator.settings.integration import Integration
from nbody_emulator.simulation.attempts import Attempt


def judge(attempt: Attempt | None, integration: Integration) -> tuple[Status, str]:
    """The status of a run and the reason for it; None is a run that could not start."""
    if attempt is None:
        return Status.NOT_FINITE, "the initial conditions are not finite"
    error = float(attempt.trajectory.energy_error)
    if not (np.isfinite(error) and np.all(np.isfinite(attempt.trajectory.positions))):
        return Status.NOT_FINITE, f"the state is not finite after {_effort(attempt)}"
    if not attempt.trajectory.finished:
        steps = int(attempt.trajectory.work.steps)
        return (
            Status.UNFINISHED,
            f"given up after {steps} steps, all that most_steps allows, and {_effort(attempt)}",
        )
    tolerance, unusable_above = integration.energy_tolerance, integration.unusable_above
    found = f"energy error {error:.2e} after {_effort(attempt)}"
    if error > unusable_above:
        return Status.UNUSABLE, f"{found}, above {unusable_above:.0e}"
    if error > tolerance:
        return Status.ABOVE_TOLERANCE, f"{found}, above {tolerance:.0e}"
    return Status.OK, f"{found}, within {tolerance:.0e}"


def _effort(attempt: Attempt) -> str:
    """How hard was tried, and where it was not hard enough."""
    hits = int(attempt.trajectory.work.floor_hits)
    cut = f" and with {hits} star steps that step_floor kept from being shorter" if hits else ""
    return f"{attempt.halvings} halvings of integration.{attempt.refined}{cut}"
