"""Star-cluster N-body simulations and emulators of them whose error bars were tested."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Emulator": "nbody_emulator.emulators.emulator",
        "infer": "nbody_emulator.inference.methods",
        "integrate": "nbody_emulator.simulation.integration",
    },
)
