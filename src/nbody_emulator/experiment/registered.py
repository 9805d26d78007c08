"""Which module each name of a configuration stands for."""

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.summaries.register import STATISTICS


class RegisteredModules:
    """Dotted paths of registered methods, found without importing the methods."""

    families = FAMILIES.names

    def simulation(self, experiment: Experiment, run_set: RunSet) -> tuple[str, ...]:
        """The modules a block of runs is made with."""
        cluster = experiment.cluster
        return (
            SAMPLERS.module(run_set.sampler),
            INTEGRATORS.module(experiment.integration.integrator),
            PROFILES.module(cluster.profile),
            MASS_FUNCTIONS.module(cluster.masses.function),
            *((GALAXIES.module(cluster.tide.galaxy),) if cluster.tide else ()),
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
