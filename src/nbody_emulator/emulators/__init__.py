"""Emulators: families of regressions that predict a distribution, fitted, saved, loaded and used in one
way.
"""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Emulator": "nbody_emulator.emulators.emulator",
        "Prediction": "nbody_emulator.emulators.prediction",
        "cross_validated_fit": "nbody_emulator.emulators.cross_validation",
        "fit": "nbody_emulator.emulators.fitting",
        "predict_open": "nbody_emulator.emulators.rows",
        "predict_out_of_fold": "nbody_emulator.emulators.rows",
        "predict_rows": "nbody_emulator.emulators.rows",
        "predict_sealed": "nbody_emulator.emulators.rows",
        "run_trial": "nbody_emulator.emulators.trials",
    },
)
