"""What one block of runs is made from: a part of a configuration, and the block's own place in it."""

from nbody_emulator.settings.cluster import Cluster
from nbody_emulator.settings.duration import Duration
from nbody_emulator.settings.integration import Integration
from nbody_emulator.settings.parameters import Parameters
from nbody_emulator.settings.section import Maybe, Section
from nbody_emulator.settings.units import Units


class BlockDesign(Section):
    """What places the runs of a block.

    Attributes:
        stream: name of the random stream of the block's set.
        block: the block's number in it.
        points: design points, drawn by `sampler`.
        replicates: draws of stars for each.
        perturbations: runs of each draw, moved by the last bit; left out, one as drawn.
    """

    seed: int
    stream: str
    block: int
    sampler: str
    points: int
    replicates: int
    perturbations: Maybe[int] = None
    parameters: Parameters
    units: Units


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
