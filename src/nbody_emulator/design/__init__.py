"""Where runs are placed in the box of parameters: blocks of design points, each from its own stream."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "draw_block": "nbody_emulator.design.block",
    },
)
