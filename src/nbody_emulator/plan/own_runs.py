"""Runs of another simulator: calls of a function, or rows of files that are there already."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from nbody_emulator.configuration.block import block_of_calls
from nbody_emulator.configuration.description import describe_own
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.configuration.table_experiment import TableExperiment
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.identity.function_source import FunctionSource
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import NOTHING, AbstractRunPlanner
from nbody_emulator.settings.own_blocks import BlockOfFile

SEALED = "sealed"


OwnExperimentT = TypeVar("OwnExperimentT", FunctionExperiment, TableExperiment)


class _OwnRuns(AbstractRunPlanner[OwnExperimentT]):
    """What is known of runs of any other simulator: nothing of energies, units of its own, no survival."""

    @cached_property
    def description(self) -> str:
        return describe_own(self.experiment)

    @property
    def protocol(self) -> Mapping[str, Any]:
        return {}

    @property
    def told(self) -> Mapping[str, Any]:
        return {}


class FunctionRuns(_OwnRuns[FunctionExperiment]):
    """Plans calls of a function."""

    @cached_property
    def source(self) -> FunctionSource:
        return self.experiment.source(Path())

    def blocks_of_set(
        self, set_name: str, inputs: Mapping[str, Iterable[Artifact]] = NOTHING
    ) -> Iterator[Block]:
        run_set = self.experiment.sets[set_name]
        of_first = block_of_calls(self.experiment, run_set, 0, self.source).written()
        for index in range(run_set.blocks):
            title = f"runs of {set_name} block {index}"
            settings = {**of_first, "block": index}
            runs = self._make(stages.CALLS, title, settings, inputs, (SAMPLERS.module(run_set.sampler),))
            yield Block(set_name, run_set.role, index, run_set.runs, runs, runs)


class TableRuns(_OwnRuns[TableExperiment]):
    """Plans what is read from files, a block at a time; of the sealed file nothing is known but its checksum."""

    def blocks_of_set(
        self, set_name: str, inputs: Mapping[str, Iterable[Artifact]] = NOTHING
    ) -> Iterator[Block]:
        given = self.experiment.sets[set_name]
        if given.role == SEALED:
            yield self._block(set_name, 0, 0, str(given.sha256))
            return
        runs = self.experiment.runs[set_name]
        for index, count in enumerate(runs.runs_in_blocks):
            yield self._block(set_name, index, count, runs.rows_of(index).digest)

    def _block(self, set_name: str, index: int, count: int, rows: str) -> Block:
        given = self.experiment.sets[set_name]
        settings = BlockOfFile(
            stream=set_name,
            block=index,
            blocks=given.blocks,
            rows=rows,
            columns=self.experiment.simulator.table,
            parameters=self.experiment.parameters,
            outputs=self.experiment.outputs,
            sealed=given.role == SEALED,
            description=self.description,
        )
        runs = self._make(stages.IMPORTS, f"runs of {set_name} block {index}", settings, NOTHING)
        return Block(set_name, given.role, index, count, runs, runs, file=given.file)
