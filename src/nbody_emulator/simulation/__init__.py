"""Star clusters as direct N-body systems: stars drawn, forces summed over all pairs, energies audited.

Using any of it, but for `draw`, switches JAX to float64 for the whole process, see `double_precision`.
"""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "Mergers": "nbody_emulator.simulation.mergers",
        "EnergyWarning": "nbody_emulator.simulation.pieces",
        "Tide": "nbody_emulator.simulation.tide",
        "draw": "nbody_emulator.simulation.initial_conditions",
        "evolve": "nbody_emulator.simulation.differentiable",
        "follow": "nbody_emulator.simulation.integration",
        "integrate": "nbody_emulator.simulation.integration",
        "integrate_many": "nbody_emulator.simulation.integration",
        "start": "nbody_emulator.simulation.integration",
        "simulate_block": "nbody_emulator.simulation.block",
    },
)
