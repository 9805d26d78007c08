from nbody_emulator.emulators.emulator import Emulator as Emulator
from nbody_emulator.evaluation.own_study import cross_validate as cross_validate
from nbody_emulator.inference.methods import infer as infer
from nbody_emulator.own_runs import Table as Table
from nbody_emulator.simulation.integration import integrate as integrate
