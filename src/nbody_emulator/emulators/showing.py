"""How emulators and predictions are shown to a person: imported on first use, and no part of what a fit is named by.

A word on a card, or the colour of a curve, must rerun nothing.
"""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "DataFrame": "pandas",
        "Figure": "matplotlib.figure",
        "card_of": "nbody_emulator.emulators.card",
        "dataset_of": "nbody_emulator.emulators.prediction_tables",
        "drawn": "nbody_emulator.emulators.prediction_plot",
        "frame_of": "nbody_emulator.emulators.prediction_tables",
    },
)
