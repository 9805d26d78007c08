"""From an experiment's sets to its runs, wherever these come from: summaries in blocks, gathered."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Block
from nbody_emulator.settings.rows import Reading

NOTHING: Mapping[str, Iterable[Artifact]] = MappingProxyType({})


class Rows(ABC):
    """Where rows of runs are read, as fits and predictions ask for them."""

    @abstractmethod
    def blocks_of(self, *roles: str) -> list[Block]:
        """The blocks of these roles."""

    @abstractmethod
    def reading(self, blocks: Iterable[Block]) -> dict[str, Any]:
        """Keys of `settings.rows.Reading`: what it takes to read blocks as a table of inputs and targets."""

    @abstractmethod
    def read(self, blocks: Iterable[Block]) -> dict[str, list[Artifact]]:
        """The results that are read, by role."""


ExperimentT = TypeVar("ExperimentT", bound=Experiment)


class AbstractRunPlanner(Rows, Generic[ExperimentT]):
    """Plans every run of an experiment; each result is named when it is first asked for."""

    def __init__(self, experiment: ExperimentT, maker: ArtifactMaker):
        self.experiment = experiment
        self._make = maker.make

    @cached_property
    @abstractmethod
    def description(self) -> str:
        """What the runs are of, in words that every file of them carries."""

    @property
    @abstractmethod
    def protocol(self) -> Mapping[str, Any]:
        """Keys of `settings.protocol.Protocol` that only runs of this kind have."""

    @property
    @abstractmethod
    def told(self) -> Mapping[str, Any]:
        """Keys of `settings.rows.Reading` that only summaries of this kind have."""

    @abstractmethod
    def blocks_of_set(
        self, set_name: str, inputs: Mapping[str, Iterable[Artifact]] = NOTHING
    ) -> Iterator[Block]:
        """The blocks of one set; `inputs` are the results that have chosen their points, if any."""

    @property
    def half_step(self) -> tuple[Block, ...]:
        """Runs that are made again with a finer step: none where steps are not ours."""
        return ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Those whose points no other result chooses."""
        drawn = (name for name, each in sorted(self.experiment.sets_of_runs.items()) if not _is_chosen(each))
        return tuple(chain.from_iterable(map(self.blocks_of_set, drawn)))

    def blocks_of(self, *roles: str) -> list[Block]:
        return [block for block in self.blocks if block.role in roles]

    @cached_property
    def dataset(self) -> Artifact:
        return self.gathered("the dataset", [block for block in self.blocks if block.role != "sealed"])

    @cached_property
    def repeated(self) -> tuple[Artifact, ...]:
        return (self.gathered("the repeated runs", self.half_step),) if self.half_step else ()

    def reading(self, blocks: Iterable[Block]) -> dict[str, Any]:
        return {
            "outputs": self.experiment.output_readings,
            "sources": [block.source for block in blocks],
            "description": self.description,
            **self.told,
        }

    def read(self, blocks: Iterable[Block]) -> dict[str, list[Artifact]]:
        return {"summaries": [block.summary for block in blocks]}

    def gathered(self, title: str, blocks: Sequence[Block]) -> Artifact:
        """The runs of these blocks as one dataset."""
        return self._make(stages.DATASETS, title, Reading(**self.reading(blocks)), self.read(blocks))


def _is_chosen(run_set: Any) -> bool:
    sampler = getattr(run_set, "sampler", None)
    return sampler is not None and bool(SAMPLERS.load(sampler).chosen_by)
