"""From an experiment's tasks to emulators that are given more of a run than its parameters, and what they predict."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.tasks import tasks_of, with_task
from nbody_emulator.features.register import FEATURES
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.fit_planner import FitPlanner
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import AbstractRunPlanner, Rows
from nbody_emulator.settings.protocol import Given, ToldTask


class TaskPlanner:
    """Plans each task as the experiment itself with other families, which are given more; nothing where it has none."""

    def __init__(self, experiment: Experiment, runs: AbstractRunPlanner, maker: ArtifactMaker):
        self.fitted = {
            name: FitPlanner(
                with_task(experiment, task), SeenRows(runs, task.given, maker), maker.of_model(name)
            )
            for name, task in tasks_of(experiment).items()
        }
        self.told = tuple(
            ToldTask(name=name, given=task.given, families=tuple(self.fitted[name].families))
            for name, task in tasks_of(experiment).items()
        )

    @property
    def task_predictions(self) -> tuple[Artifact, ...]:
        """Of every task, by its families side by side."""
        return tuple(each.predictions for each in self.fitted.values())

    @property
    def emulators(self) -> dict[tuple[str, str], Artifact]:
        """The fits by task and family."""
        return {
            (task, family): fit for task, fitted in self.fitted.items() for family, fit in fitted.fits.items()
        }


class SeenRows(Rows):
    """Rows of runs with what is seen of their stars."""

    def __init__(self, runs: AbstractRunPlanner, given: Given, maker: ArtifactMaker):
        self._runs = runs
        self._given = given
        self._make = maker.make

    def blocks_of(self, *roles: str) -> list[Block]:
        return self._runs.blocks_of(*roles)

    def reading(self, blocks: Iterable[Block]) -> dict[str, Any]:
        return {**self._runs.reading(blocks), "given": self._given}

    def read(self, blocks: Iterable[Block]) -> dict[str, list[Artifact]]:
        blocks = list(blocks)
        return {**self._runs.read(blocks), "views": [self._view(block) for block in blocks]}

    def _view(self, block: Block) -> Artifact:
        return self._make(
            stages.VIEWS,
            f"the stars of {block.set_name} block {block.index}",
            self._given,
            {"simulation": (block.simulation,)},
            registered=self._features,
        )

    @cached_property
    def _features(self) -> tuple[str, ...]:
        return tuple(map(FEATURES.module, self._given.features))
