"""An experiment whose runs are simulations of star clusters, made here."""

from dataclasses import replace
from functools import cached_property
from typing import Annotated, cast

from pydantic import Field

from nbody_emulator.configuration.experiment import Experiment, Heading
from nbody_emulator.configuration.given_stars import FilesOfStars, files_of_stars
from nbody_emulator.configuration.registered import (
    AlternativeSection,
    ClusterSection,
    FateSection,
    IntegrationSection,
    OutputSection,
    OwnName,
    SetSection,
    StatisticNames,
    TaskSection,
)
from nbody_emulator.quantities.quantity import Output, Parameter, free_parameters
from nbody_emulator.settings.cluster import Cluster
from nbody_emulator.settings.duration import Duration
from nbody_emulator.settings.initial_conditions import InitialConditions
from nbody_emulator.settings.output import OutputReading
from nbody_emulator.settings.parameters import Parameters, parameter_units
from nbody_emulator.settings.protocol import StepCheck
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.settings.section import Maybe, setting
from nbody_emulator.settings.survival import Survival
from nbody_emulator.settings.units import Units
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.units import conversion


class _Clusters(Heading):
    """What clusters are simulated, and what is measured of them."""

    units: Units = setting(Units())
    cluster: ClusterSection = setting(...)
    duration: Duration = setting(...)
    snapshots: int = setting(
        11,
        "States stored of a run, evenly spaced from the start to the end, both included",
        ge=2,
        le=10_001,
    )
    parameters: Parameters = setting(...)
    integration: IntegrationSection = setting(
        IntegrationSection(integrator="block_hermite4", accuracy=0.02, longest_step=0.125, step_floor=1e-6)
    )
    step_check: StepCheck = setting(StepCheck())
    sets: dict[OwnName, SetSection] = setting(
        ...,
        "Sets of runs under names of your own; exactly one each of the roles training, noise, calibration and sealed, "
        "at most one each of the roles repeat, observation and predictive",
    )
    statistics: StatisticNames = setting(STATISTICS.names, "Summary statistics measured at every snapshot")
    outputs: Annotated[dict[OwnName, OutputSection], Field(min_length=1)] = setting(
        ..., "What the emulators predict, under names of your own"
    )
    survival: Survival = setting(Survival())
    alternatives: Maybe[Annotated[dict[OwnName, AlternativeSection], Field(min_length=1)]] = setting(
        None,
        "Other clusters that an observation may be of, under names of your own: for each, the training, calibration "
        "and observation sets are simulated again and the first family of inference is fitted, and it is judged how "
        "often the evidence finds the right one; needs the section inference",
    )
    tasks: Maybe[Annotated[dict[OwnName, TaskSection], Field(min_length=1)]] = setting(
        None,
        "Emulators that are given more of a run than its parameters, under names of your own, from the least to the "
        "most: features of the drawn stars, or the stars themselves; fitted and judged on the same runs as all others",
    )
    fates: Maybe[Annotated[dict[OwnName, FateSection], Field(min_length=1)]] = setting(
        None,
        "What becomes of single stars, under names of your own: for every star of a training run the probability that "
        "something happens to it, told before the run by classifiers that have not seen its cluster",
    )


class ClusterExperiment(Experiment, _Clusters):
    """Everything a study of star clusters decides, from their physics to the figures."""

    @cached_property
    def given_stars(self) -> FilesOfStars | None:
        """The files that stars are taken from, read once; None where stars are drawn.

        Raises:
            ConfigurationError: there is none, or one holds no cluster.
        """
        # As a person types it; a job is given what was found.
        given = cast(InitialConditions | None, self.cluster.initial_conditions)
        return None if given is None else files_of_stars(given, self.units.length)

    @cached_property
    def simulated_cluster(self) -> Cluster:
        """The cluster as a job is told of it: files by what they hold, and no path."""
        given = self.given_stars
        if given is None:
            return self.cluster
        return self.cluster.model_copy(
            update={"initial_conditions": given.settings, "stars": given.fewest_stars}
        )

    @property
    def sets_of_runs(self) -> dict[str, RunSet]:
        return self.sets

    @property
    def free_parameters(self) -> tuple[Parameter, ...]:
        return free_parameters(self.parameters.boxes, parameter_units(self.units))

    @property
    def whole_parameters(self) -> tuple[str, ...]:
        return tuple(name for name in self.parameters.boxes if self.parameters.is_whole(name))

    @property
    def predicted(self) -> tuple[Output, ...]:
        return tuple(
            Output(name, each.statistic, each.time, self._unit(each.statistic), each.transform, 0.0)
            for name, each in sorted(self.outputs.items())
        )

    @property
    def observable(self) -> tuple[Output, ...]:
        # There are no stars to resolve them by.
        return tuple(replace(output, resolution=1.0) for output in self.predicted)

    @property
    def output_readings(self) -> dict[str, OutputReading]:
        return {name: OutputReading(**each.written()) for name, each in self.outputs.items()}

    @property
    def needed_roles(self) -> tuple[str, ...]:
        return ("noise",)

    def points_in_blocks(self, name: str) -> tuple[int, ...]:
        return (self.sets[name].points,) * self.sets[name].blocks

    def most_replicates(self, name: str) -> int:
        return self.sets[name].replicates

    def _unit(self, statistic: str) -> str:
        return conversion(STATISTICS.load(statistic).units, self.units)[0]
