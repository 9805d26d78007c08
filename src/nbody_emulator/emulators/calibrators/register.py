"""The calibrators, by name."""

from nbody_emulator.settings.register import Register

CALIBRATORS: Register[None] = Register(
    "calibrator",
    {
        "none": "nbody_emulator.emulators.calibrators.none:NoCalibration",
        "constant_variance": "nbody_emulator.emulators.calibrators.constant_variance:ConstantVariance",
        "residual_shape": "nbody_emulator.emulators.calibrators.residual_shape:ResidualShape",
    },
)
