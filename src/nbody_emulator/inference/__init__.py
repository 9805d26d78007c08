"""From an observed cluster back to its parameters: posteriors from what an emulator says of whole outcomes."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Inferred": "nbody_emulator.inference.inferred",
        "Observation": "nbody_emulator.inference.observation",
        "Posterior": "nbody_emulator.inference.posterior",
        "PredictionTable": "nbody_emulator.inference.prediction_table",
        "infer": "nbody_emulator.inference.methods",
    },
)
