"""Every table of the report, by name; each `make(sources, protocol)` returns a tidy DataFrame."""

from typing import NamedTuple

from nbody_emulator.settings.register import Entry, Register


class Reads(NamedTuple):
    """The roles of the results a table is made from, as the plan knows them, and whether it tells facts of families."""

    sources: tuple[str, ...]
    tells_families: bool = False


TABLES = Register(
    "table",
    {
        "scores": Entry("nbody_emulator.evaluation.scores:make", Reads(("predictions",))),
        "survival": Entry("nbody_emulator.evaluation.survival:make", Reads(("predictions",))),
        "comparison": Entry(
            "nbody_emulator.evaluation.comparison:make", Reads(("predictions", "fittings", "seeds"), True)
        ),
        "optimism": Entry("nbody_emulator.evaluation.optimism:make", Reads(("predictions", "fittings"))),
        "design": Entry("nbody_emulator.evaluation.design:make", Reads(("dataset",))),
        "energy": Entry("nbody_emulator.evaluation.energy:make", Reads(("dataset",))),
        "noise": Entry("nbody_emulator.evaluation.noise:make", Reads(("dataset",))),
        "bias_variance": Entry("nbody_emulator.evaluation.bias_variance:make", Reads(("ladders",))),
        "regularization": Entry("nbody_emulator.evaluation.regularization:make", Reads(("regularizers",))),
        "learning_curve": Entry(
            "nbody_emulator.evaluation.learning_curve:make", Reads(("curves", "predictions"))
        ),
        "runs_needed": Entry("nbody_emulator.evaluation.runs_needed:make", Reads(("curves", "predictions"))),
        "training_history": Entry("nbody_emulator.evaluation.training_history:make", Reads(("fittings",))),
        "calibration": Entry("nbody_emulator.evaluation.calibration:make", Reads(("predictions",))),
        "half_step": Entry("nbody_emulator.evaluation.half_step:make", Reads(("dataset", "repeated"))),
        "evolution": Entry("nbody_emulator.evaluation.evolution:make", Reads(("dataset",))),
        "residuals": Entry("nbody_emulator.evaluation.residuals:make", Reads(("predictions",))),
        "posteriors": Entry("nbody_emulator.evaluation.posteriors:make", Reads(("posteriors",))),
        "information": Entry("nbody_emulator.evaluation.information:make", Reads(("information",))),
        "recovered": Entry("nbody_emulator.evaluation.recovered:make", Reads(("draws",))),
        "predictive": Entry("nbody_emulator.evaluation.predictive:make", Reads(("draws", "predictive"))),
        "odds": Entry("nbody_emulator.evaluation.odds:make", Reads(("evidences",))),
    },
)
