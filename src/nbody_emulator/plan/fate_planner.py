"""From an experiment's studies of single stars to what is known of these, and to classifiers that tell their fates."""

from collections.abc import Callable
from functools import cached_property

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.fates import fates_of
from nbody_emulator.fates.classifier import AbstractClassifier
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.fates.register import FATES
from nbody_emulator.features.register import FEATURES
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import AbstractRunPlanner
from nbody_emulator.settings.fates import FateFitting, FateReading, FateStudy

Folds = tuple[tuple[int, ...], ...]


class FatePlanner:
    """Plans every classifier of every study, fitted to the training runs; nothing where there is no study."""

    def __init__(
        self,
        experiment: Experiment,
        runs: AbstractRunPlanner,
        folds: Callable[[list[Block]], Folds],
        maker: ArtifactMaker,
    ):
        self.experiment = experiment
        self.runs = runs
        self._folds = folds
        self._make = maker.make

    @cached_property
    def fits(self) -> dict[tuple[str, str], Artifact]:
        """By study and classifier."""
        return {
            (name, classifier): self._fit(name, study.asked, classifier, method)
            for name, study in fates_of(self.experiment).items()
            for classifier, method in study.classifiers.items()
        }

    @property
    def fate_predictions(self) -> tuple[Artifact, ...]:
        """What each tells of the stars that it has not seen."""
        return tuple(self.fits.values())

    def _fit(self, name: str, study: FateStudy, classifier: str, method: AbstractClassifier) -> Artifact:
        training = self.runs.blocks_of("training")
        settings = FateFitting(
            study=name,
            fate=study.fate,
            time=study.time,
            features=study.features,
            miss_cost=study.miss_cost,
            balanced=study.balanced,
            classifier=classifier,
            settings=method.settings,
            tuning=self.experiment.tuning if study.tuning is None else study.tuning,
            seed=self.experiment.seed,
            stream=("fates",),
            sources=tuple(block.source for block in training),
            folds=self._folds(training),
            description=self.runs.description,
        )
        return self._make(
            stages.FATES,
            f"{classifier} of {name}",
            settings,
            {"stars": [self._stars(study, block) for block in training]},
            registered=(FATES.module(study.fate), CLASSIFIERS.module(classifier)),
        )

    def _stars(self, study: FateStudy, block: Block) -> Artifact:
        return self._make(
            stages.STARS,
            f"the stars of {block.set_name} block {block.index}, and their {study.fate}",
            FateReading(fate=study.fate, time=study.time, features=study.features),
            {"simulation": (block.simulation,)},
            registered=(FATES.module(study.fate), *map(FEATURES.module, study.features)),
        )
