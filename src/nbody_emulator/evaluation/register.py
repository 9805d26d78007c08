"""Every table of the report, by name; each `make(sources, protocol)` returns a tidy DataFrame."""

from enum import Enum
from typing import NamedTuple

from nbody_emulator.settings.register import Entry, Register


class Needs(Enum):
    """What an experiment may lack, and what its tables then are without, in words."""

    REPLICATES = "no set has the role noise: what parameters do not fix is not measured"
    STEPS = "runs are not integrated here: there are no energies, steps and states to look at"


REPLICATES, STEPS = Needs


class Reads(NamedTuple):
    """What a table is made from.

    Attributes:
        sources: roles of results, as the plan knows them.
        tells_families: whether it tells facts of families.
        needs: what not every experiment has.
    """

    sources: tuple[str, ...]
    tells_families: bool = False
    needs: Needs | None = None


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
        "noise": Entry("nbody_emulator.evaluation.noise:make", Reads(("dataset",), needs=REPLICATES)),
        "noise_parts": Entry(
            "nbody_emulator.evaluation.noise_parts:make", Reads(("dataset",), needs=REPLICATES)
        ),
        "given": Entry(
            "nbody_emulator.evaluation.given:make",
            Reads(("dataset", "predictions", "task_predictions"), tells_families=True, needs=REPLICATES),
        ),
        "fates": Entry("nbody_emulator.evaluation.fates:make", Reads(("fate_predictions",))),
        "fate_curves": Entry("nbody_emulator.evaluation.fate_curves:make", Reads(("fate_predictions",))),
        "bias_variance": Entry(
            "nbody_emulator.evaluation.bias_variance:make", Reads(("ladders",), needs=REPLICATES)
        ),
        "regularization": Entry(
            "nbody_emulator.evaluation.regularization:make", Reads(("regularizers",), needs=REPLICATES)
        ),
        "learning_curve": Entry(
            "nbody_emulator.evaluation.learning_curve:make",
            Reads(("curves", "predictions"), needs=REPLICATES),
        ),
        "runs_needed": Entry(
            "nbody_emulator.evaluation.runs_needed:make",
            Reads(("curves", "predictions"), needs=REPLICATES),
        ),
        "training_history": Entry("nbody_emulator.evaluation.training_history:make", Reads(("fittings",))),
        "calibration": Entry("nbody_emulator.evaluation.calibration:make", Reads(("predictions",))),
        "half_step": Entry(
            "nbody_emulator.evaluation.half_step:make", Reads(("dataset", "repeated"), needs=STEPS)
        ),
        "evolution": Entry("nbody_emulator.evaluation.evolution:make", Reads(("dataset",), needs=STEPS)),
        "residuals": Entry("nbody_emulator.evaluation.residuals:make", Reads(("predictions",))),
        "response": Entry(
            "nbody_emulator.evaluation.response:make", Reads(("predictions", "fittings", "seeds"), True)
        ),
        "posteriors": Entry("nbody_emulator.evaluation.posteriors:make", Reads(("posteriors",))),
        "information": Entry("nbody_emulator.evaluation.information:make", Reads(("information",))),
        "recovered": Entry("nbody_emulator.evaluation.recovered:make", Reads(("draws",))),
        "predictive": Entry("nbody_emulator.evaluation.predictive:make", Reads(("draws", "predictive"))),
        "odds": Entry("nbody_emulator.evaluation.odds:make", Reads(("evidences",))),
    },
)
