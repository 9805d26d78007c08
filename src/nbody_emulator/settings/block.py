"""What one block of runs is made from: a part of a configuration, and the block's own place in it."""

from collections.abc import Sequence
from typing import Self

from nbody_emulator.settings.block_place import BlockPlace
from nbody_emulator.settings.cluster import Cluster
from nbody_emulator.settings.duration import Duration
from nbody_emulator.settings.integration import Integration
from nbody_emulator.settings.parameters import Parameters, parameter_units
from nbody_emulator.settings.section import Maybe, Section
from nbody_emulator.settings.units import Units


class BlockDesign(BlockPlace):
    """A block of clusters, placed among the values of their parameters."""

    parameters: Parameters
    units: Units

    @property
    def varied(self) -> Parameters:
        """Its parameters, in boxes or fixed."""
        return self.parameters

    @property
    def parameter_units(self) -> dict[str, str]:
        """By name."""
        return parameter_units(self.units)


class Simulation(Section):
    """What runs of given parameters are made with, in a block's place among the random streams.

    Attributes:
        refinements: how often the step, or the accuracy, is halved again once a run's energy holds.
    """

    seed: int
    stream: str
    block: int
    cluster: Cluster
    duration: Duration
    snapshots: int
    integration: Integration
    units: Units
    refinements: int = 0

    def with_files(self, paths: Sequence[str]) -> Self:
        """The same, told where the files of its stars are; as it is where stars are drawn."""
        given = self.cluster.initial_conditions
        if given is None:
            return self
        found = given.changed(paths=tuple(paths))
        return self.changed(cluster=self.cluster.changed(initial_conditions=found))


class BlockOfRuns(BlockDesign, Simulation):
    """A block, placed and simulated.

    Attributes:
        runs: so many of the block's runs, its first; all if left out.
        sealed: whether the block is of the sealed set, so that its runs never share a folder with open ones.
        description: the physics in words, for the files.
    """

    runs: Maybe[int] = None
    sealed: bool = False
    description: str = ""
