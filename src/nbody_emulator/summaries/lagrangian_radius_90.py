"""The radius that holds nine tenths of the bound mass: the size of all but its outskirts."""

from nbody_emulator.summaries.mass_profile import radii_holding
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def lagrangian_radius_90(snapshot: Snapshot) -> float:
    """Radius about the bound centre of mass that holds 90 % of the bound mass [pc]."""
    return radii_holding(snapshot, (0.9,))[0]


STATISTIC = Statistic(
    variable="lagrangian_radius_90",
    units="pc",
    long_name="radius about the bound centre of mass that holds 90 % of the bound mass",
    minimum_bound_stars=2,
    is_size=True,
    measure=lagrangian_radius_90,
)
