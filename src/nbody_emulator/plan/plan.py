"""Every result of one experiment, named before anything is run: a graph, known by its ends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from nbody_emulator.plan.artifact import Artifact, Stage
from nbody_emulator.plan.stages import FATES, FITS, TRIALS
from nbody_emulator.settings.rows import Source


@dataclass(frozen=True)
class Block:
    """One block of runs: which set it belongs to and its summaries.

    Attributes:
        simulation: what its runs are; where they are no clusters, their summary itself.
        file: in which they are, if they are there already.
        stars: files of the stars that they begin with, if these are there already.
    """

    set_name: str
    role: str
    index: int
    runs: int
    simulation: Artifact
    summary: Artifact
    file: str = ""
    stars: tuple[str, ...] = ()

    @cached_property
    def source(self) -> Source:
        """How a table names the block its rows come from."""
        stream = self.simulation.settings["stream"]
        return Source(set=self.set_name, role=self.role, stream=stream, block=self.index)


@dataclass(frozen=True)
class Target:
    """A result that a person asks for: one file of an artifact."""

    artifact: Artifact
    file: str

    @property
    def path(self) -> str:
        return self.artifact.path(self.file)


@dataclass(frozen=True)
class Plan:
    """What an experiment asks for, by plain names; all else is what that is made from.

    Attributes:
        blocks: of every set, of every model.
        half_step: the runs that are repeated at half the step; none where steps are not ours.
        fits: by family, on all training blocks.
        models: by name, their emulators where models are compared.
        results: what `make results` shows.
        test_set: what `make evaluate` shows.
        left_out: tables that there is no data for, by what is missing.
    """

    experiment: str
    blocks: tuple[Block, ...]
    half_step: tuple[Block, ...]
    fits: Mapping[str, Artifact]
    models: Mapping[str, Artifact]
    results: Mapping[str, Target]
    test_set: Mapping[str, Target]
    left_out: Mapping[str, tuple[str, ...]]

    @cached_property
    def artifacts(self) -> tuple[Artifact, ...]:
        """Every result that a target needs, each once and after what it needs, those of the sealed set last."""
        targets = chain(self.results.values(), self.test_set.values())
        found = _with_inputs(target.artifact for target in targets)
        return tuple(sorted(found, key=lambda artifact: artifact.sealed))

    @cached_property
    def by_identity(self) -> dict[tuple[str, str], Artifact]:
        """(stage name, identity) -> artifact."""
        return {(artifact.stage.name, artifact.identity): artifact for artifact in self.artifacts}

    def of_stage(self, stage: Stage) -> tuple[Artifact, ...]:
        """Its results."""
        return tuple(artifact for artifact in self.artifacts if artifact.stage is stage)

    @property
    def metrics(self) -> Artifact:
        """The headline numbers."""
        return self.results["metrics.json"].artifact

    @property
    def evaluation(self) -> Artifact:
        """The one evaluation on the sealed set."""
        return self.test_set["evaluation.json"].artifact

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
        return [each.path_for("fittings") for stage in (FITS, FATES, TRIALS) for each in self.of_stage(stage)]

    def in_words(self) -> str:
        """What the experiment holds, in one line, and what it is without, in one line each."""
        runs = sum(block.runs for block in self.blocks)
        sets = len({block.set_name for block in self.blocks})
        models = f" of {len(self.models)} models" if self.models else ""
        again = sum(block.runs for block in self.half_step)
        repeated = f"{again} of the open ones again at half the step, " if again else ""
        return (
            f"{self.experiment}: {runs} runs{models} in {sets} sets "
            f"({self._sealed_in_words()}, for `make evaluate` alone), "
            f"{repeated}{len(self.fits)} families, {len(self.artifacts)} results"
            + "".join(
                f"\nleft out: {', '.join(names)} ({missing})" for missing, names in self.left_out.items()
            )
        )

    def _sealed_in_words(self) -> str:
        sealed = [block for block in self.blocks if block.role == "sealed"]
        files = ", ".join(block.file for block in sealed if block.file)
        return f"{files} sealed" if files else f"{sum(block.runs for block in sealed)} of them sealed"

    @property
    def sealed_sources(self) -> set[str]:
        """Files that hold the sealed runs before any job has read them."""
        return {block.file for block in self.blocks if block.role == "sealed" and block.file}

    def runs_of(self, simulation: Artifact) -> int:
        """How many runs a block of simulations holds."""
        return self._runs[simulation.identity]

    @cached_property
    def _runs(self) -> dict[str, int]:
        return {block.simulation.identity: block.runs for block in (*self.blocks, *self.half_step)}

    def file_of(self, runs: Artifact) -> str:
        """The file that a block of runs is read from."""
        return self._files[runs.identity]

    def stars_of(self, simulation: Artifact) -> tuple[str, ...]:
        """The files that the stars of a block of simulations are taken from; none where they are drawn."""
        return self._stars[simulation.identity]

    @cached_property
    def _stars(self) -> dict[str, tuple[str, ...]]:
        return {block.simulation.identity: block.stars for block in (*self.blocks, *self.half_step)}

    @cached_property
    def _files(self) -> dict[str, str]:
        return {block.simulation.identity: block.file for block in self.blocks if block.file}


def _with_inputs(targets: Iterable[Artifact]) -> Iterator[Artifact]:
    """The targets and all that they are made from, each once, inputs before what needs them."""
    waiting, done = list(targets)[::-1], set()
    while waiting:
        artifact = waiting[-1]
        needed = chain.from_iterable(artifact.inputs.values())
        missing = [item for item in needed if item.folder not in done]
        if not missing:
            waiting.pop()
            if artifact.folder not in done:
                done.add(artifact.folder)
                yield artifact
        waiting.extend(reversed(missing))
