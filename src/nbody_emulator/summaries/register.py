"""Every statistic a configuration may name."""

from nbody_emulator.settings.register import Register

STATISTICS: Register[None] = Register(
    "statistic",
    {
        "bound_fraction": "nbody_emulator.summaries.bound_fraction:STATISTIC",
        "velocity_dispersion": "nbody_emulator.summaries.velocity_dispersion:STATISTIC",
        "half_mass_radius": "nbody_emulator.summaries.half_mass_radius:STATISTIC",
        "core_radius": "nbody_emulator.summaries.core_radius:STATISTIC",
        "lagrangian_radii": "nbody_emulator.summaries.lagrangian_radii:STATISTIC",
        "lagrangian_radius_10": "nbody_emulator.summaries.lagrangian_radius_10:STATISTIC",
        "lagrangian_radius_90": "nbody_emulator.summaries.lagrangian_radius_90:STATISTIC",
        "virial_ratio": "nbody_emulator.summaries.virial_ratio:STATISTIC",
        "escaped_mass": "nbody_emulator.summaries.escaped_mass:STATISTIC",
        "half_mass_relaxation_time": "nbody_emulator.summaries.half_mass_relaxation_time:STATISTIC",
        "hardest_binary_energy": "nbody_emulator.summaries.hardest_binary_energy:STATISTIC",
        "mass_segregation_ratio": "nbody_emulator.summaries.mass_segregation_ratio:STATISTIC",
        "heaviest_mass": "nbody_emulator.summaries.heaviest_mass:STATISTIC",
        "number_of_mergers": "nbody_emulator.summaries.number_of_mergers:STATISTIC",
    },
)
