"""Runs that are simulations of star clusters: blocks simulated, then summarized."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.description import describe
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import NOTHING, AbstractRunPlanner
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.settings.section import Section
from nbody_emulator.simulation.register import GALAXIES, GIVEN_STARS, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.states.register import FORMATS
from nbody_emulator.summaries.register import STATISTICS


class ClusterRuns(AbstractRunPlanner[ClusterExperiment]):
    """Plans simulations and summaries of clusters."""

    def __init__(self, experiment: ClusterExperiment, maker: ArtifactMaker):
        super().__init__(experiment, maker)
        # Found once, for thousands of blocks.
        self._statistics = frozenset(map(STATISTICS.module, experiment.statistics))

    @cached_property
    def description(self) -> str:
        return describe(self.experiment)

    @property
    def protocol(self) -> Mapping[str, Any]:
        integration = self.experiment.integration
        return {
            "units": self.experiment.units,
            "energy_tolerance": integration.energy_tolerance,
            "unusable_above": integration.unusable_above,
        }

    @property
    def told(self) -> Mapping[str, Any]:
        return {"units": self.experiment.units, "survival": self.experiment.survival}

    @cached_property
    def half_step(self) -> tuple[Block, ...]:
        """The first runs of a training block, a Latin hypercube in random order, at half the step they ended with."""
        first = self.blocks_of("training")[0]
        run_set = self.experiment.sets[first.set_name]
        runs = min(self.experiment.step_check.runs, first.runs)
        title = "runs repeated at half the step"
        settings = block_of_runs(self.experiment, run_set, first.index).changed(runs=runs, refinements=1)
        simulation = self._simulation(title, settings, simulation_modules(self.experiment, run_set), NOTHING)
        summary = self._summary(simulation, title)
        return (Block("half_step", "half_step", first.index, runs, simulation, summary, stars=self._stars),)

    def blocks_of_set(
        self, set_name: str, inputs: Mapping[str, Iterable[Artifact]] = NOTHING
    ) -> Iterator[Block]:
        run_set = self.experiment.sets[set_name]
        of_first = block_of_runs(self.experiment, run_set, 0).written()
        modules = simulation_modules(self.experiment, run_set)
        for index in range(run_set.blocks):
            title = f"{set_name} block {index}"
            simulation = self._simulation(title, {**of_first, "block": index}, modules, inputs)
            summary = self._summary(simulation, title)
            yield Block(set_name, run_set.role, index, run_set.runs, simulation, summary, stars=self._stars)

    @property
    def _stars(self) -> tuple[str, ...]:
        """Files that the stars of every run are taken from."""
        given = self.experiment.given_stars
        return () if given is None else given.paths

    def _summary(self, simulation: Artifact, title: str) -> Artifact:
        return self._make(
            stages.SUMMARIES,
            f"summaries of {title}",
            self._summarizing,
            {"simulation": (simulation,)},
            registered=self._statistics,
        )

    @cached_property
    def _summarizing(self) -> Mapping[str, Any]:
        statistics = tuple(sorted(self.experiment.statistics))
        return SummarySettings(statistics=statistics, description=self.description).written()

    def _simulation(
        self,
        title: str,
        settings: Section | Mapping[str, Any],
        modules: Iterable[str],
        inputs: Mapping[str, Iterable[Artifact]],
    ) -> Artifact:
        """A block's runs; what they are chosen by, if anything, are its `inputs`: an earlier fit, for instance."""
        return self._make(stages.SIMULATIONS, f"simulations of {title}", settings, inputs, modules)


def simulation_modules(experiment: ClusterExperiment, run_set: RunSet) -> tuple[str, ...]:
    """The modules of the methods that a block of runs is made with."""
    tide = experiment.cluster.tide
    return (
        SAMPLERS.module(run_set.sampler),
        INTEGRATORS.module(experiment.integration.integrator),
        *_star_modules(experiment),
        *((GALAXIES.module(tide.galaxy),) if tide else ()),
    )


def _star_modules(experiment: ClusterExperiment) -> tuple[str, ...]:
    """Where the stars of a run come from."""
    cluster, given = experiment.cluster, experiment.given_stars
    if given is None:
        return (PROFILES.module(cluster.profile), MASS_FUNCTIONS.module(cluster.masses.function))
    return (GIVEN_STARS.module("files"), *sorted(set(map(FORMATS.module, given.formats))))
