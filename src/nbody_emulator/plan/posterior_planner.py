"""From judged posteriors to what else is asked of them: what tells most, and whether new runs at their draws agree."""

from functools import cached_property

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.fit_planner import FitPlanner, family_modules
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import AbstractRunPlanner
from nbody_emulator.settings.rows import DrawSettings, InformationSettings

SHOWN_DRAWS = 1000
"""Of every posterior, so that its regions can be drawn; the first of them are simulated."""


class PosteriorPlanner:
    """Plans what is made of the first family's posteriors; each result is named when it is first asked for."""

    def __init__(
        self, experiment: Experiment, runs: AbstractRunPlanner, fitted: FitPlanner, maker: ArtifactMaker
    ):
        self.experiment = experiment
        self.runs = runs
        self.fitted = fitted
        self._make = maker.make

    @cached_property
    def information(self) -> tuple[Artifact, ...]:
        """What each choice of observed outputs tells; nothing where none is named."""
        inference = self.experiment.inference
        if inference is None or not inference.observed:
            return ()
        observed = self.runs.blocks_of("observation")
        settings = InformationSettings(
            **self.runs.reading(observed),
            seed=self.experiment.seed,
            points=inference.points,
            observed=inference.observed,
        )
        return (self._of_first_family(stages.INFORMATION, "what observations tell", settings, observed),)

    @cached_property
    def draws(self) -> tuple[Artifact, ...]:
        """From the posteriors of a few observed runs; nothing where no set is simulated at them."""
        inference = self.experiment.inference
        predictive = [
            run_set for run_set in self.experiment.sets_of_runs.values() if run_set.role == "predictive"
        ]
        if inference is None or not predictive:
            return ()
        observed = self.runs.blocks_of("observation")
        settings = DrawSettings(
            **self.runs.reading(observed),
            seed=self.experiment.seed,
            points=inference.points,
            observations=predictive[0].blocks,
            draws=max(SHOWN_DRAWS, predictive[0].points),
        )
        if whole := self.experiment.whole_parameters:
            settings = settings.changed(whole=whole)
        return (self._of_first_family(stages.DRAWS, "draws from posteriors", settings, observed),)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """New runs at those draws, a block for each of the observed runs."""
        if not self.draws:
            return ()
        name = next(
            name for name, run_set in self.experiment.sets_of_runs.items() if run_set.role == "predictive"
        )
        return tuple(self.runs.blocks_of_set(name, {"draws": self.draws}))

    @cached_property
    def predictive(self) -> tuple[Artifact, ...]:
        """Those runs as a dataset."""
        return (self.runs.gathered("the runs at draws from posteriors", self.blocks),) if self.blocks else ()

    def _of_first_family(self, stage, title, settings, observed: list[Block]) -> Artifact:
        family = next(iter(self.fitted.tested))
        return self._make(
            stage,
            title,
            settings,
            {
                "emulator": (self.fitted.tested[family],),
                "summaries": [block.summary for block in observed],
            },
            registered=family_modules(family),
        )
