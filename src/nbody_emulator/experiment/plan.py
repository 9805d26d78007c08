"""Every result of one experiment, named before anything is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from nbody_emulator.experiment.artifact import Artifact
from nbody_emulator.settings.rows import Source


@dataclass(frozen=True)
class Block:
    """One block of runs: which set it belongs to and its summaries."""

    set_name: str
    role: str
    index: int
    runs: int
    simulation: Artifact
    summary: Artifact

    @cached_property
    def source(self) -> Source:
        """How a table names the block its rows come from."""
        stream = self.simulation.settings["stream"]
        return Source(set=self.set_name, role=self.role, stream=stream, block=self.index)


@dataclass(frozen=True)
class Plan:
    """Every artifact of one experiment."""

    experiment: str
    blocks: tuple[Block, ...]
    repeat: Block
    dataset: Artifact
    repeated: Artifact
    fits: Mapping[str, Artifact]
    curves: tuple[Artifact, ...]
    ladders: tuple[Artifact, ...]
    predictions: Artifact
    tables: Mapping[str, Artifact]
    figures: Mapping[str, Artifact]
    metrics: Artifact
    evaluation: Artifact

    @cached_property
    def artifacts(self) -> tuple[Artifact, ...]:
        """All of them, each once, those of the sealed set and its evaluation last."""
        every = chain(
            (block.simulation for block in (*self.blocks, self.repeat)),
            (block.summary for block in (*self.blocks, self.repeat)),
            (self.dataset, self.repeated),
            self.fits.values(),
            self.curves,
            self.ladders,
            (self.predictions,),
            self.tables.values(),
            self.figures.values(),
            (self.metrics, self.evaluation),
        )
        unique = {artifact.path(): artifact for artifact in every}
        return tuple(sorted(unique.values(), key=lambda artifact: artifact.sealed))

    @cached_property
    def by_identity(self) -> dict[tuple[str, str], Artifact]:
        """(stage name, identity) -> artifact."""
        return {(artifact.stage.name, artifact.identity): artifact for artifact in self.artifacts}

    @property
    def open_files(self) -> list[str]:
        """Every stored file that is there after `make results`."""
        return [path for artifact in self.artifacts if not artifact.sealed for path in artifact.paths]

    @property
    def sealed_files(self) -> list[str]:
        """Every stored file of the sealed set and its evaluation."""
        return [path for artifact in self.artifacts if artifact.sealed for path in artifact.paths]

    @property
    def fitted_files(self) -> list[str]:
        """The records of every fit of the experiment: in each stands what its fits have seen."""
        trials = (*self.curves, *self.ladders)
        return [*(fit.path("fitting.nc") for fit in self.fits.values()), *(trial.path() for trial in trials)]

    def in_words(self) -> str:
        """What the experiment holds, in one line."""
        runs = sum(block.runs for block in self.blocks)
        sealed = sum(block.runs for block in self.blocks if block.role == "sealed")
        sets = len({block.set_name for block in self.blocks})
        return (
            f"{self.experiment}: {runs} runs in {sets} sets ({sealed} of them sealed, for `make evaluate` alone), "
            f"{self.repeat.runs} of the open ones again at half the step, "
            f"{len(self.fits)} families, {len(self.artifacts)} results"
        )

    def runs_of(self, simulation: Artifact) -> int:
        """How many runs a block of simulations holds."""
        return self._runs[simulation.identity]

    @cached_property
    def _runs(self) -> dict[str, int]:
        return {block.simulation.identity: block.runs for block in (*self.blocks, self.repeat)}
