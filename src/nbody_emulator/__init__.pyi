from nbody_emulator.emulators.emulator import Emulator as Emulator
from nbody_emulator.inference.methods import infer as infer
from nbody_emulator.own_runs import Table as Table
from nbody_emulator.simulation.integration import integrate as integrate
from nbody_emulator.studies.cross_validation import cross_validate as cross_validate
