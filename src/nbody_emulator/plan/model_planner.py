"""From an experiment's alternatives to evidences: every model's runs, its fit, and what tells models apart."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.models import alternatives, own_name
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.cluster_runs import ClusterRuns
from nbody_emulator.plan.fit_planner import FitPlanner, family_modules
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import AbstractRunPlanner
from nbody_emulator.settings.evidence import EvidenceSettings

OBSERVED = "observation"
"""Role of the runs of which the model is asked."""


class ModelPlanner:
    """Plans what an experiment's alternatives are and how they are told apart; nothing where it has none.

    Each alternative is the same experiment with another cluster, planned by the same planners.
    """

    def __init__(
        self, experiment: Experiment, runs: AbstractRunPlanner, fitted: FitPlanner, maker: ArtifactMaker
    ):
        self._inference = experiment.inference
        self._make = maker.make
        self._others = dict(_planned(experiment, maker))
        self._models = {own_name(experiment): (runs, fitted), **self._others} if self._others else {}

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Of all alternatives."""
        return tuple(chain.from_iterable(runs.blocks for runs, _ in self._others.values()))

    @cached_property
    def emulators(self) -> dict[str, Artifact]:
        """By model, the emulator of the first family of `inference`, with the factor that its posteriors have."""
        return {name: fitted.posteriors[0] for name, (_, fitted) in self._models.items()}

    @cached_property
    def evidences(self) -> tuple[Artifact, ...]:
        """Of every observed run of every model, under every model; none without alternatives."""
        if self._inference is None or not self._models:
            return ()
        every = [runs for runs, _ in self._models.values()]
        observed = [runs.blocks_of(OBSERVED) for runs in every]
        told = [f"{name}: {runs.description}" for name, runs in zip(self._models, every, strict=True)]
        settings = EvidenceSettings(
            **every[0].reading(observed[0]) | {"description": " | ".join(told)},
            models=tuple(self._models),
            points=self._inference.points,
        )
        return (
            self._make(
                stages.EVIDENCES,
                "the evidences",
                settings,
                {
                    "emulator": self.emulators.values(),
                    "summaries": [block.summary for block in chain.from_iterable(observed)],
                },
                registered=family_modules(self._inference.families[0]),
            ),
        )


def _planned(
    experiment: Experiment, maker: ArtifactMaker
) -> Iterator[tuple[str, tuple[AbstractRunPlanner, FitPlanner]]]:
    for name, other in alternatives(experiment).items():
        of_model = maker.of_model(name)
        runs = ClusterRuns(other, of_model)
        yield name, (runs, FitPlanner(other, runs, of_model))
