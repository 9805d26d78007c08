"""Every table of the report, by name; each `make(sources, specification)` returns a tidy DataFrame."""

from nbody_emulator.register import Register

TABLES = Register(
    "table",
    {
        "scores": "nbody_emulator.evaluation.scores:make",
        "existence": "nbody_emulator.evaluation.existence:make",
        "comparison": "nbody_emulator.evaluation.comparison:make",
        "design": "nbody_emulator.evaluation.design:make",
        "energy": "nbody_emulator.evaluation.energy:make",
        "noise": "nbody_emulator.evaluation.noise:make",
        "bias_variance": "nbody_emulator.evaluation.bias_variance:make",
        "learning_curve": "nbody_emulator.evaluation.learning_curve:make",
        "training_history": "nbody_emulator.evaluation.training_history:make",
        "calibration": "nbody_emulator.evaluation.calibration:make",
        "half_step": "nbody_emulator.evaluation.half_step:make",
        "evolution": "nbody_emulator.evaluation.evolution:make",
        "residuals": "nbody_emulator.evaluation.residuals:make",
    },
)
