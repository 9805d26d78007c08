from nbody_emulator.quantities.quantity import Output as Output
from nbody_emulator.quantities.quantity import Parameter as Parameter
