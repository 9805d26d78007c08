"""Every figure by name; each is a `TableFigure` of the table of the same name, or of the one it says."""

from typing import NamedTuple

from nbody_emulator.settings.register import Entry, Register


class Shown(NamedTuple):
    """In which section of the report a figure stands, a key of `HEADINGS`, whether it shows how runs were integrated,
    and its table's name if another than its own."""

    section: str
    of_steps: bool = False
    table: str = ""


HEADINGS = {
    "answer": "The question, and the answer",
    "simulated": "What was simulated",
    "trusted": "Can the simulations be trusted?",
    "emulated": "How well does it emulate?",
    "limits": "What limits it?",
    "calibrated": "Are the error bars honest?",
    "fails": "Where does it fail?",
    "useful": "What is it good for?",
    "cost": "What did it cost?",
    "openings": "Every opening of the test set",
    "reproduce": "How to reproduce each number",
}
"""The sections of the report, in the order of its argument; figures of one stand there in the order of the register."""

ANSWER = Shown("answer")
TRUSTED = Shown("trusted")
STEPS = Shown("trusted", of_steps=True)
EMULATED = Shown("emulated")
LIMITS = Shown("limits")
CALIBRATED = Shown("calibrated")
FATES = Shown("emulated", table="fate_curves")
REGIONS = Shown("fails", table="calibration")
USEFUL = Shown("useful")
COST = Shown("cost")

FIGURES = Register(
    "figure",
    {
        "comparison": Entry("nbody_emulator.figures.comparison:FIGURE", ANSWER),
        "energy": Entry("nbody_emulator.figures.energy:FIGURE", STEPS),
        "half_step": Entry("nbody_emulator.figures.half_step:FIGURE", STEPS),
        "evolution": Entry("nbody_emulator.figures.evolution:FIGURE", STEPS),
        "design": Entry("nbody_emulator.figures.design:FIGURE", TRUSTED),
        "response": Entry("nbody_emulator.figures.response:FIGURE", EMULATED),
        "residuals": Entry("nbody_emulator.figures.residuals:FIGURE", EMULATED),
        "fates": Entry("nbody_emulator.figures.fates:FIGURE", FATES),
        "sealed_test": Entry("nbody_emulator.figures.sealed_test:FIGURE", EMULATED),
        "noise": Entry("nbody_emulator.figures.noise:FIGURE", LIMITS),
        "noise_parts": Entry("nbody_emulator.figures.noise_parts:FIGURE", LIMITS),
        "given": Entry("nbody_emulator.figures.given:FIGURE", LIMITS),
        "learning_curve": Entry("nbody_emulator.figures.learning_curve:FIGURE", LIMITS),
        "bias_variance": Entry("nbody_emulator.figures.bias_variance:FIGURE", LIMITS),
        "regularization": Entry("nbody_emulator.figures.regularization:FIGURE", LIMITS),
        "training_history": Entry("nbody_emulator.figures.training_history:FIGURE", LIMITS),
        "calibration": Entry("nbody_emulator.figures.calibration:FIGURE", CALIBRATED),
        "calibration_regions": Entry("nbody_emulator.figures.calibration_regions:FIGURE", REGIONS),
        "posteriors": Entry("nbody_emulator.figures.posteriors:FIGURE", USEFUL),
        "recovered": Entry("nbody_emulator.figures.recovered:FIGURE", USEFUL),
        "predictive": Entry("nbody_emulator.figures.predictive:FIGURE", USEFUL),
        "information": Entry("nbody_emulator.figures.information:FIGURE", USEFUL),
        "odds": Entry("nbody_emulator.figures.odds:FIGURE", USEFUL),
        "costs": Entry("nbody_emulator.figures.costs:FIGURE", COST),
    },
)


def table_of(figure: str) -> str:
    """The name of the table that a figure shows."""
    return FIGURES.facts(figure).table or figure
