"""The distributions, by the names of their classes."""

from nbody_emulator.settings.register import Register

DISTRIBUTIONS: Register[None] = Register(
    "distribution",
    {
        "IndependentGaussian": "nbody_emulator.emulators.distributions.independent_gaussian:IndependentGaussian",
        "Gaussian": "nbody_emulator.emulators.distributions.gaussian:Gaussian",
        "Mixture": "nbody_emulator.emulators.distributions.mixture:Mixture",
        "Draws": "nbody_emulator.emulators.distributions.draws:Draws",
    },
)
