"""Families of emulators, one file each, found through `nbody_emulator.emulators.register`."""
