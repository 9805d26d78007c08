"""Star clusters as direct N-body systems: initial conditions drawn, forces summed over all pairs, energies audited."""

from nbody_emulator.simulation.block import simulate_block as simulate_block
from nbody_emulator.simulation.integrate import integrate as integrate
