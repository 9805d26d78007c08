"""From an observed cluster back to its parameters: posteriors from what an emulator says of whole outcomes."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Amortized": "nbody_emulator.inference.amortized",
        "Inferred": "nbody_emulator.inference.inferred",
        "Observation": "nbody_emulator.inference.observation",
        "Posterior": "nbody_emulator.inference.posterior",
        "PredictionTable": "nbody_emulator.inference.prediction_table",
        "chains_of": "nbody_emulator.inference.chains",
        "evidence_of": "nbody_emulator.inference.evidence",
        "infer": "nbody_emulator.inference.methods",
    },
)
