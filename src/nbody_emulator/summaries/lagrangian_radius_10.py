"""The radius that holds a tenth of the bound mass: the size of its inner part."""

from nbody_emulator.summaries.mass_profile import radii_holding
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def lagrangian_radius_10(snapshot: Snapshot) -> float:
    """Radius about the bound centre of mass that holds 10 % of the bound mass [pc]."""
    return radii_holding(snapshot, (0.1,))[0]


STATISTIC = Statistic(
    variable="lagrangian_radius_10",
    units="pc",
    long_name="radius about the bound centre of mass that holds 10 % of the bound mass",
    minimum_bound_stars=2,
    is_size=True,
    measure=lagrangian_radius_10,
)
