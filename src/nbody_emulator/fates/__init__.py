"""What becomes of single stars: for each the probability that something happens to it, told before the run."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "FateEmulator": "nbody_emulator.fates.fate_emulator",
    },
)
