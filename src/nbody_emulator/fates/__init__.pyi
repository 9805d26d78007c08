from nbody_emulator.fates.fate_emulator import FateEmulator as FateEmulator
