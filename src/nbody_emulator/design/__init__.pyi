from nbody_emulator.design.block import draw_block as draw_block
