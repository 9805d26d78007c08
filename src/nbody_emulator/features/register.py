"""Every feature of a cluster's start that a task may be given."""

from nbody_emulator.settings.register import Register

FEATURES: Register[None] = Register(
    "feature",
    {
        "total_mass": "nbody_emulator.features.total_mass:FEATURE",
        "heaviest_mass_share": "nbody_emulator.features.heaviest_mass_share:FEATURE",
        "mass_concentration": "nbody_emulator.features.mass_concentration:FEATURE",
        "heaviest_star_radius": "nbody_emulator.features.heaviest_star_radius:FEATURE",
        "mean_radius": "nbody_emulator.features.mean_radius:FEATURE",
        "initial_half_mass_radius": "nbody_emulator.features.initial_half_mass_radius:FEATURE",
        "initial_velocity_dispersion": "nbody_emulator.features.initial_velocity_dispersion:FEATURE",
    },
)
