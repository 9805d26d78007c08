"""The likelihoods, by name: first the one to use, then what it is compared with, then mistakes of the literature."""

from nbody_emulator.settings.register import Register

JOINT = "joint"
"""The name of the one to use."""

LIKELIHOODS: Register[None] = Register(
    "likelihood",
    {
        JOINT: "nbody_emulator.inference.likelihoods.joint:Joint",
        "correlated": "nbody_emulator.inference.likelihoods.correlated:Correlated",
        "independent": "nbody_emulator.inference.likelihoods.independent:Independent",
        "absence_left_out": "nbody_emulator.inference.likelihoods.absence_left_out:AbsenceLeftOut",
        "emulator_variance_left_out": "nbody_emulator.inference.likelihoods.emulator_variance_left_out:"
        "EmulatorVarianceLeftOut",
        "scatter_left_out": "nbody_emulator.inference.likelihoods.scatter_left_out:ScatterLeftOut",
    },
)
