"""Where runs are placed in the box of parameters: blocks of design points, each from its own stream."""

from nbody_emulator.design.block import draw_block

__all__ = ["draw_block"]
