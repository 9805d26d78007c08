"""Small emulators of what is published, put into the package."""

from nbody_emulator.plan.plan import Plan
from nbody_emulator.store.published import Say
from nbody_emulator.store.shipped import ship as ship_prepared


def ship(plan: Plan, say: Say) -> int:
    """Copy the experiment's small emulators, with their scores, into the package; 0 on success."""
    # Imported here: what tends experiments needs no JAX, and answers at once.
    from nbody_emulator.emulators.shipping import prepared

    return ship_prepared(plan, prepared, say=say)
