"""What goes into an emulator and what comes out: parameters, outputs, and tables of runs."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Output": "nbody_emulator.quantities.quantity",
        "Parameter": "nbody_emulator.quantities.quantity",
    },
)
