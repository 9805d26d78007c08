from nbody_emulator.emulators.emulator import Emulator as Emulator
from nbody_emulator.inference.methods import infer as infer
from nbody_emulator.simulation.integration import integrate as integrate
