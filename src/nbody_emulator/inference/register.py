"""The ways to a posterior, by name."""

from nbody_emulator.settings.register import Register

METHODS: Register[None] = Register(
    "method",
    {
        "table": "nbody_emulator.inference.by_table:by_table",
        "nuts": "nbody_emulator.inference.by_chains:by_chains",
        "amortized": "nbody_emulator.inference.by_flows:by_flows",
    },
)
