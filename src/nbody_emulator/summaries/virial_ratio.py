"""Virial ratio: how far the bound stars are from equilibrium with their own gravity."""

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def virial_ratio(snapshot: Snapshot) -> float:
    """2 K / |W| of the bound stars: K about their own mean, W among themselves and softened; 1 in balance."""
    return 2.0 * snapshot.bound_kinetic_energy / abs(snapshot.bound_potential_energy)


STATISTIC = Statistic(
    variable="virial_ratio",
    units="1",
    long_name="virial ratio 2K/|W| of the bound stars in the inertial frame, softened W",
    minimum_bound_stars=2,
    measure=virial_ratio,
)
