"""From an experiment's sets to its runs: blocks simulated, summarized and gathered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.description import describe
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Block
from nbody_emulator.settings.rows import Reading, SummarySettings
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.settings.section import Section
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.summaries.register import STATISTICS

NOTHING: Mapping[str, Iterable[Artifact]] = MappingProxyType({})


class RunPlanner:
    """Plans every run of an experiment; each result is named when it is first asked for."""

    def __init__(self, experiment: Experiment, maker: ArtifactMaker):
        self.experiment = experiment
        self._make = maker.make
        # Found once, for thousands of blocks.
        self._statistics = frozenset(map(STATISTICS.module, experiment.statistics))
        self._description = describe(experiment)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Those whose points are drawn at random."""
        drawn = (
            name
            for name, run_set in sorted(self.experiment.sets.items())
            if not SAMPLERS.load(run_set.sampler).chosen_by
        )
        return tuple(chain.from_iterable(map(self.blocks_of_set, drawn)))

    def blocks_of(self, *roles: str) -> list[Block]:
        """The blocks of these roles."""
        return [block for block in self.blocks if block.role in roles]

    @cached_property
    def half_step(self) -> Block:
        """The first runs of a training block, a Latin hypercube in random order, at half the step they ended with."""
        first = self.blocks_of("training")[0]
        run_set = self.experiment.sets[first.set_name]
        runs = min(self.experiment.step_check.runs, first.runs)
        title = "runs repeated at half the step"
        settings = block_of_runs(self.experiment, run_set, first.index).changed(runs=runs, refinements=1)
        modules = simulation_modules(self.experiment, run_set)
        simulation = self.simulation(title, settings, modules)
        summary = self._summary(simulation, title)
        return Block("half_step", "half_step", first.index, runs, simulation, summary)

    @cached_property
    def dataset(self) -> Artifact:
        return self.gathered("the dataset", [block for block in self.blocks if block.role != "sealed"])

    @cached_property
    def repeated(self) -> Artifact:
        return self.gathered("the repeated runs", [self.half_step])

    def blocks_of_set(
        self, set_name: str, inputs: Mapping[str, Iterable[Artifact]] = NOTHING
    ) -> Iterator[Block]:
        """The blocks of one set; `inputs` are the results that have chosen their points, if any."""
        run_set = self.experiment.sets[set_name]
        of_first = block_of_runs(self.experiment, run_set, 0).written()
        modules = simulation_modules(self.experiment, run_set)
        for index in range(run_set.blocks):
            title = f"{set_name} block {index}"
            simulation = self.simulation(title, {**of_first, "block": index}, modules, inputs)
            yield Block(
                set_name, run_set.role, index, run_set.runs, simulation, self._summary(simulation, title)
            )

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
        return SummarySettings(statistics=statistics, description=self._description).written()

    def simulation(
        self,
        title: str,
        settings: Section | Mapping[str, Any],
        modules: Iterable[str],
        inputs: Mapping[str, Iterable[Artifact]] = NOTHING,
    ) -> Artifact:
        """A block's runs; what they are chosen by, if anything, are its `inputs`: an earlier fit, for instance."""
        return self._make(stages.SIMULATIONS, f"simulations of {title}", settings, inputs, modules)

    def reading(self, blocks: Iterable[Block]) -> dict[str, Any]:
        """What it takes to read blocks of summaries as a table of inputs and targets."""
        return {
            "outputs": self.experiment.outputs,
            "units": self.experiment.units,
            "survival": self.experiment.survival,
            "sources": [block.source for block in blocks],
            "description": self._description,
        }

    def gathered(self, title: str, blocks: Sequence[Block]) -> Artifact:
        """The runs of these blocks as one dataset."""
        summaries = {"summaries": [block.summary for block in blocks]}
        return self._make(stages.DATASETS, title, Reading(**self.reading(blocks)), summaries)


def simulation_modules(experiment: Experiment, run_set: RunSet) -> tuple[str, ...]:
    """The modules of the methods that a block of runs is made with."""
    cluster = experiment.cluster
    return (
        SAMPLERS.module(run_set.sampler),
        INTEGRATORS.module(experiment.integration.integrator),
        PROFILES.module(cluster.profile),
        MASS_FUNCTIONS.module(cluster.masses.function),
        *((GALAXIES.module(cluster.tide.galaxy),) if cluster.tide else ()),
    )
