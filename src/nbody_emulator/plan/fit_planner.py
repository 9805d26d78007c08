"""From an experiment's runs to its emulators: fits, trials, predictions, and posteriors that are judged."""

from functools import cached_property
from itertools import chain, starmap
from typing import Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.family import Climb
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.inference.likelihoods.register import JOINT, LIKELIHOODS
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Block
from nbody_emulator.plan.run_planner import Rows
from nbody_emulator.settings.protocol import Inference, TrainingSetSize
from nbody_emulator.settings.rows import FitSettings, PosteriorSettings, Reading, TrialSettings


class FitPlanner:
    """Plans all that is fitted; each result is named when it is first asked for."""

    def __init__(self, experiment: Experiment, runs: Rows, maker: ArtifactMaker):
        self.experiment = experiment
        self.runs = runs
        self._make = maker.make
        self.families = tuple(experiment.families)

    @property
    def modules(self) -> tuple[str, ...]:
        """Of all families and their calibrators."""
        return tuple(chain.from_iterable(map(family_modules, self.families)))

    @cached_property
    def fits(self) -> dict[str, Artifact]:
        return {family: self._fit(family) for family in self.families}

    @property
    def fittings(self) -> tuple[Artifact, ...]:
        return tuple(self.fits.values())

    @property
    def by_epochs(self) -> tuple[str, ...]:
        return tuple(name for name in self.families if FAMILIES.load(name).is_fitted_by_epochs)

    @cached_property
    def curves(self) -> tuple[Artifact, ...]:
        return tuple(map(self._curve, self.families))

    @cached_property
    def seeds(self) -> tuple[Artifact, ...]:
        """Every family fitted to all training runs once more for each seed beyond the first, which is that in use."""
        others = range(1, self.experiment.comparison.seeds)
        return tuple(self._seed(family, number) for family in self.families for number in others)

    @cached_property
    def ladders(self) -> tuple[Artifact, ...]:
        return tuple(starmap(self._ladder, self.climbed(Climb.COMPLEXITY)))

    @cached_property
    def regularizers(self) -> tuple[Artifact, ...]:
        return tuple(starmap(self._ladder, self.climbed(Climb.PRIOR)))

    def climbed(self, climb: Climb) -> tuple[tuple[str, str], ...]:
        """Family and key of the ladders along which this grows."""
        rungs = self.experiment.bias_variance.rungs
        return tuple((name, key) for name, key in rungs if FAMILIES.load(name).ladder(key).climb is climb)

    @property
    def posteriors(self) -> tuple[Artifact, ...]:
        return tuple(self.tested.values())

    @cached_property
    def tested(self) -> dict[str, Artifact]:
        """By family, the emulators whose posteriors are judged, with what these were found to hold."""
        inference = self.experiment.inference
        if inference is None:
            return {}
        first, *others = inference.families
        every = (JOINT, *(name for name in LIKELIHOODS.names if name in inference.likelihoods))
        return {first: self._posteriors(first, every, inference)} | {
            family: self._posteriors(family, (JOINT,), inference) for family in others
        }

    @cached_property
    def _judging(self) -> list[Block]:
        """The runs that judge trials: replicates, or, where there are none, those of the role calibration."""
        return self.runs.blocks_of("noise") or self.runs.blocks_of("calibration")

    def folds(self, training: list[Block]) -> tuple[tuple[int, ...], ...]:
        """Block indices of each fold: block k falls into fold k modulo the number of folds, whatever is added."""
        count = self.experiment.cross_validation.folds
        return tuple(
            tuple(block.index for block in training if block.index % count == fold) for fold in range(count)
        )

    def _fitting(self, family: str) -> dict[str, Any]:
        return {
            "family": family,
            "settings": self.experiment.families[family].settings,
            "tuning": self.experiment.tuning,
            "seed": self.experiment.seed,
        }

    def _fit(self, family: str) -> Artifact:
        training = self.runs.blocks_of("training")
        return self._make(
            stages.FITS,
            f"fit of {family}",
            FitSettings(
                **self._fitting(family),
                **self.runs.reading(training),
                stream=("fit",),
                folds=self.folds(training),
            ),
            self.runs.read(training),
            registered=family_modules(family),
        )

    def _curve(self, family: str) -> Artifact:
        sizes = self.experiment.learning_curve.sizes
        return self._sizes(f"learning curve of {family}", family, sizes, ("trial",))

    def _seed(self, family: str, number: int) -> Artifact:
        every = (TrainingSetSize(blocks=len(self.runs.blocks_of("training")), sets=1),)
        return self._sizes(f"fit of {family}, seed {number}", family, every, ("trial", f"seed-{number}"))

    def _sizes(
        self, title: str, family: str, sizes: tuple[TrainingSetSize, ...], stream: tuple[str, ...]
    ) -> Artifact:
        read = self.runs.blocks_of("training")[: max(size.blocks * size.sets for size in sizes)]
        settings = TrialSettings(
            **self._fitting(family),
            **self.runs.reading(read),
            kind="curve",
            sizes=sizes,
            stream=stream,
            noise_sources=tuple(block.source for block in self._judging),
        )
        return self._trial(title, settings, read)

    def _ladder(self, family: str, key: str) -> Artifact:
        training = self.runs.blocks_of("training")
        method = self.experiment.families.get(family, FAMILIES.load(family)())
        settings = TrialSettings(
            **self.runs.reading(training),
            kind="ladder",
            family=family,
            ladder=key,
            rungs=self.experiment.bias_variance.rungs[family, key],
            settings=method.settings if method.ladder(key).uses_settings else {},
            seed=self.experiment.seed,
            sizes=(TrainingSetSize(blocks=1, sets=len(training)),),
            stream=("trial", "ladder", family, key),
            noise_sources=tuple(block.source for block in self._judging),
        )
        return self._trial(f"bias and variance of {family} by {key}", settings, training)

    def _trial(self, title: str, settings: TrialSettings, training: list[Block]) -> Artifact:
        judging = [block.summary for block in self._judging]
        return self._make(
            stages.TRIALS,
            title,
            settings,
            {"training": [block.summary for block in training], "noise": judging},
            registered=family_modules(settings.family),
        )

    @cached_property
    def predictions(self) -> Artifact:
        others = self.runs.blocks_of("noise", "calibration", "extra")
        return self._make(
            stages.PREDICTIONS,
            "the predictions",
            Reading(**self.runs.reading(others)),
            {
                "emulators": self.fits.values(),
                "fold_emulators": self.fits.values(),
                "out_of_fold": self.fits.values(),
                **self.runs.read(others),
            },
            registered=self.modules,
        )

    def _posteriors(self, family: str, likelihoods: tuple[str, ...], inference: Inference) -> Artifact:
        judged = self.runs.blocks_of("calibration", "observation")
        return self._make(
            stages.POSTERIORS,
            f"posteriors of {family}",
            PosteriorSettings(
                **self.runs.reading(judged),
                seed=self.experiment.seed,
                likelihoods=likelihoods,
                points=inference.points,
                mock_runs=inference.mock_runs,
            ),
            {"emulators": (self.fits[family],), "summaries": [block.summary for block in judged]},
            registered=[*family_modules(family), *map(LIKELIHOODS.module, likelihoods)],
        )


def family_modules(family: str) -> tuple[str, ...]:
    """Of the family and of its calibrator."""
    return FAMILIES.module(family), CALIBRATORS.module(FAMILIES.load(family).calibrator)
