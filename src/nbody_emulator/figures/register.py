"""Every figure, by the name of the table it shows; each `draw(table, style)` returns a Figure."""

from nbody_emulator.register import Register

FIGURES = Register(
    "figure",
    {
        "design": "nbody_emulator.figures.design:draw",
        "energy": "nbody_emulator.figures.energy:draw",
        "noise": "nbody_emulator.figures.noise:draw",
        "bias_variance": "nbody_emulator.figures.bias_variance:draw",
        "learning_curve": "nbody_emulator.figures.learning_curve:draw",
        "training_history": "nbody_emulator.figures.training_history:draw",
        "calibration": "nbody_emulator.figures.calibration:draw",
        "half_step": "nbody_emulator.figures.half_step:draw",
        "evolution": "nbody_emulator.figures.evolution:draw",
        "residuals": "nbody_emulator.figures.residuals:draw",
        "comparison": "nbody_emulator.figures.comparison:draw",
    },
)
