"""The families of emulators and the kinds of trials, by name."""

from nbody_emulator.register import Register

FAMILIES = Register(
    "emulator family",
    {
        "mean": "nbody_emulator.emulators.families.mean:FAMILY",
        "linear": "nbody_emulator.emulators.families.linear:FAMILY",
        "polynomial": "nbody_emulator.emulators.families.polynomial:FAMILY",
        "neighbours": "nbody_emulator.emulators.families.neighbours:FAMILY",
        "gaussian_process": "nbody_emulator.emulators.families.gaussian_process:FAMILY",
        "forest": "nbody_emulator.emulators.families.forest:FAMILY",
        "network": "nbody_emulator.emulators.families.network:FAMILY",
    },
)
"""Families from the simplest to the most complex: their order here is the rank used when the simplest is to
win.
"""

TRIALS = Register(
    "kind of trial",
    {
        "curve": "nbody_emulator.emulators.trials:curve_fits",
        "ladder": "nbody_emulator.emulators.trials:ladder_fits",
    },
)
