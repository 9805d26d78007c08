"""Every sampler a set of runs may name."""

from nbody_emulator.settings.register import Register

SAMPLERS: Register[None] = Register(
    "sampler",
    {
        "latin_hypercube": "nbody_emulator.design.latin_hypercube:LatinHypercube",
        "prior": "nbody_emulator.design.prior:Prior",
        "posterior": "nbody_emulator.design.posterior:Posterior",
    },
)
