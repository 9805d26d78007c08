"""Star-cluster N-body simulations and emulators of them whose error bars were tested."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Emulator": "nbody_emulator.emulators.emulator",
        "Table": "nbody_emulator.own_runs",
        "cross_validate": "nbody_emulator.studies.cross_validation",
        "infer": "nbody_emulator.inference.methods",
        "integrate": "nbody_emulator.simulation.integration",
    },
)
