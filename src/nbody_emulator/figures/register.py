"""Every figure, by the name of the table it shows; each is a `TableFigure`."""

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
        "design": Entry("nbody_emulator.figures.design:FIGURE", EMULATORS),
        "energy": Entry("nbody_emulator.figures.energy:FIGURE", SIMULATIONS),
        "noise": Entry("nbody_emulator.figures.noise:FIGURE", EMULATORS),
        "bias_variance": Entry("nbody_emulator.figures.bias_variance:FIGURE", EMULATORS),
        "regularization": Entry("nbody_emulator.figures.regularization:FIGURE", EMULATORS),
        "learning_curve": Entry("nbody_emulator.figures.learning_curve:FIGURE", EMULATORS),
        "training_history": Entry("nbody_emulator.figures.training_history:FIGURE", EMULATORS),
        "calibration": Entry("nbody_emulator.figures.calibration:FIGURE", EMULATORS),
        "half_step": Entry("nbody_emulator.figures.half_step:FIGURE", SIMULATIONS),
        "evolution": Entry("nbody_emulator.figures.evolution:FIGURE", SIMULATIONS),
        "residuals": Entry("nbody_emulator.figures.residuals:FIGURE", EMULATORS),
        "comparison": Entry("nbody_emulator.figures.comparison:FIGURE", EMULATORS),
        "posteriors": Entry("nbody_emulator.figures.posteriors:FIGURE", EMULATORS),
        "information": Entry("nbody_emulator.figures.information:FIGURE", EMULATORS),
        "recovered": Entry("nbody_emulator.figures.recovered:FIGURE", EMULATORS),
        "predictive": Entry("nbody_emulator.figures.predictive:FIGURE", EMULATORS),
        "odds": Entry("nbody_emulator.figures.odds:FIGURE", EMULATORS),
    },
)
