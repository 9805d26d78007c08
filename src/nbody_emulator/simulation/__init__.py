"""Star clusters as direct N-body systems: stars drawn, forces summed over all pairs, energies audited."""

from nbody_emulator.lazy import exports

__getattr__ = exports(
    __name__,
    {
        "Mergers": "nbody_emulator.simulation.mergers",
        "Tide": "nbody_emulator.simulation.tide",
        "evolve": "nbody_emulator.simulation.differentiable",
        "follow": "nbody_emulator.simulation.integration",
        "integrate": "nbody_emulator.simulation.integration",
        "integrate_many": "nbody_emulator.simulation.integration",
        "start": "nbody_emulator.simulation.integration",
        "simulate_block": "nbody_emulator.simulation.block",
    },
)
