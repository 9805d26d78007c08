"""Which module each name of a configuration stands for."""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.summaries.register import STATISTICS

Config = Mapping[str, Any]


class RegisteredModules:
    """Dotted paths of registered methods, found without importing the methods."""

    families = FAMILIES.names

    def simulation(self, config: Config, run_set: Config) -> tuple[str, ...]:
        """The modules a block of runs is made with."""
        tide = config["cluster"]["tide"]
        return (
            SAMPLERS.module(run_set["sampler"]),
            INTEGRATORS.module(config["integration"]["integrator"]),
            PROFILES.module(config["cluster"]["profile"]),
            MASS_FUNCTIONS.module(config["cluster"]["masses"]["function"]),
            *((GALAXIES.module(tide["galaxy"]),) if tide else ()),
        )

    def statistic(self, name: str) -> str:
        return STATISTICS.module(name)

    def family(self, name: str) -> tuple[str, ...]:
        """The family and its calibrator."""
        return FAMILIES.module(name), CALIBRATORS.module(FAMILIES.load(name).calibrator)

    def table(self, name: str) -> str:
        return TABLES.module(name)

    def figure(self, name: str) -> str:
        return FIGURES.module(name)
