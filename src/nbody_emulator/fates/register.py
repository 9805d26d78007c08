"""Every fate that a study may ask for."""

from nbody_emulator.settings.register import Register

FATES: Register[None] = Register(
    "fate",
    {
        "escape": "nbody_emulator.fates.escape:FATE",
        "hardest_binary": "nbody_emulator.fates.hardest_binary:FATE",
    },
)
