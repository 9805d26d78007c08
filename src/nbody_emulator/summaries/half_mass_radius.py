"""Half-mass radius: the size of the bound cluster."""

from nbody_emulator.summaries.mass_profile import radii_holding
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def half_mass_radius(snapshot: Snapshot) -> float:
    """Radius about the bound centre of mass that holds half the bound mass [pc]."""
    return radii_holding(snapshot, (0.5,))[0]


STATISTIC = Statistic(
    variable="half_mass_radius",
    units="pc",
    long_name="radius about the bound centre of mass that holds half the bound mass",
    minimum_bound_stars=2,
    is_size=True,
    measure=half_mass_radius,
)
