"""Emulators: families of regressions that predict a distribution, fitted, saved, loaded and used in one way."""

import importlib

_LOCATIONS = {
    "Emulator": "nbody_emulator.emulators.emulator",
    "Prediction": "nbody_emulator.emulators.prediction",
    "fit": "nbody_emulator.emulators.fitting",
    "predict_rows": "nbody_emulator.emulators.rows",
    "run_trial": "nbody_emulator.emulators.trials",
}

__all__ = ["Emulator", "Prediction", "fit", "predict_rows", "run_trial"]


def __getattr__(name: str):
    # Lazy, so that using an emulator does not import what fitting one needs.
    if name not in _LOCATIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LOCATIONS[name]), name)
