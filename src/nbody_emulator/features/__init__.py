"""What is seen of a cluster's stars before its run begins: one feature a file, and the stars themselves."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Start": "nbody_emulator.features.start",
        "seen_of": "nbody_emulator.features.view",
    },
)
