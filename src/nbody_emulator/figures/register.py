"""Every figure, by the name of the table it shows; each `draw(table, style)` returns a Figure."""

from typing import NamedTuple

from nbody_emulator.settings.register import Entry, Register


class Shown(NamedTuple):
    """Where the report shows a figure, and whether it shows how runs were integrated."""

    category: str
    of_steps: bool = False


SIMULATIONS = Shown("Can the simulations be trusted?", of_steps=True)
EMULATORS = Shown("Figures")

FIGURES = Register(
    "figure",
    {
        "design": Entry("nbody_emulator.figures.design:draw", EMULATORS),
        "energy": Entry("nbody_emulator.figures.energy:draw", SIMULATIONS),
        "noise": Entry("nbody_emulator.figures.noise:draw", EMULATORS),
        "bias_variance": Entry("nbody_emulator.figures.bias_variance:draw", EMULATORS),
        "regularization": Entry("nbody_emulator.figures.regularization:draw", EMULATORS),
        "learning_curve": Entry("nbody_emulator.figures.learning_curve:draw", EMULATORS),
        "training_history": Entry("nbody_emulator.figures.training_history:draw", EMULATORS),
        "calibration": Entry("nbody_emulator.figures.calibration:draw", EMULATORS),
        "half_step": Entry("nbody_emulator.figures.half_step:draw", SIMULATIONS),
        "evolution": Entry("nbody_emulator.figures.evolution:draw", SIMULATIONS),
        "residuals": Entry("nbody_emulator.figures.residuals:draw", EMULATORS),
        "comparison": Entry("nbody_emulator.figures.comparison:draw", EMULATORS),
        "posteriors": Entry("nbody_emulator.figures.posteriors:draw", EMULATORS),
        "information": Entry("nbody_emulator.figures.information:draw", EMULATORS),
        "recovered": Entry("nbody_emulator.figures.recovered:draw", EMULATORS),
        "predictive": Entry("nbody_emulator.figures.predictive:draw", EMULATORS),
        "odds": Entry("nbody_emulator.figures.odds:draw", EMULATORS),
    },
)
