"""From a configuration to every result it asks for."""

from functools import cached_property
from itertools import chain, starmap
from typing import Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.family import Climb
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.inference.likelihoods.register import JOINT, LIKELIHOODS
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Block, Plan, Target
from nbody_emulator.plan.run_planner import RunPlanner
from nbody_emulator.settings.figure_style import FigureSettings
from nbody_emulator.settings.protocol import Inference, MetricsSettings, TableSettings, TrainingSetSize
from nbody_emulator.settings.rows import (
    EvaluationSettings,
    FitSettings,
    PosteriorSettings,
    Reading,
    TrialSettings,
)


class Planner:
    """Turns an experiment into a `Plan`; one method a stage."""

    def __init__(self, experiment: Experiment, maker: ArtifactMaker):
        self.experiment = experiment
        self.runs = RunPlanner(experiment, maker)
        self._make = maker.make
        self.families = tuple(experiment.families)

    def plan(self) -> Plan:
        results = {
            **_targets(self.runs.dataset),
            **_targets(self.predictions),
            **_targets(self.metrics),
            **{f"tables/{name}.csv": Target(table, "table.csv") for name, table in self.tables.items()},
            **{
                f"figures/{name}.svg": Target(self._figure(name), "figure.svg")
                for name in FIGURES.names
                if name in self.tables
            },
            **{
                f"emulators/{name}.eqx": Target(self._tested.get(name, fit), "emulator.eqx")
                for name, fit in self.fits.items()
            },
            **{
                f"posteriors/{name}.nc": Target(artifact, "posteriors.nc")
                for name, artifact in self._tested.items()
            },
        }
        return Plan(
            experiment=self.experiment.experiment,
            blocks=self.runs.blocks,
            half_step=self.runs.half_step,
            fits=self.fits,
            results=results,
            test_set=_targets(self.evaluation),
        )

    def in_role(self, role: str) -> tuple[Artifact, ...]:
        """The results that a table reads in a role, a name of the register's entries."""
        found = getattr(self, role)
        return (found,) if isinstance(found, Artifact) else tuple(found)

    @property
    def dataset(self) -> Artifact:
        return self.runs.dataset

    @property
    def repeated(self) -> Artifact:
        return self.runs.repeated

    @cached_property
    def fits(self) -> dict[str, Artifact]:
        return {family: self._fit(family) for family in self.families}

    @property
    def fittings(self) -> tuple[Artifact, ...]:
        return tuple(self.fits.values())

    @property
    def _by_epochs(self) -> tuple[str, ...]:
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
        return tuple(starmap(self._ladder, self._climbed(Climb.COMPLEXITY)))

    @cached_property
    def regularizers(self) -> tuple[Artifact, ...]:
        return tuple(starmap(self._ladder, self._climbed(Climb.PRIOR)))

    def _climbed(self, climb: Climb) -> tuple[tuple[str, str], ...]:
        """Family and key of the ladders along which this grows."""
        rungs = self.experiment.bias_variance.rungs
        return tuple((name, key) for name, key in rungs if FAMILIES.load(name).ladder(key).climb is climb)

    @property
    def posteriors(self) -> tuple[Artifact, ...]:
        return tuple(self._tested.values())

    @cached_property
    def _tested(self) -> dict[str, Artifact]:
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
    def tables(self) -> dict[str, Artifact]:
        """Those of whose posteriors any are judged, and all that tell of something else."""
        told = (
            name for name in TABLES.names if self._tested or "posteriors" not in TABLES.facts(name).sources
        )
        return {name: self._table(name) for name in told}

    def _folds(self, training: list[Block]) -> tuple[tuple[int, ...], ...]:
        """Block indices of each fold: block k falls into fold k modulo the number of folds, whatever is added."""
        count = self.experiment.cross_validation.folds
        return tuple(
            tuple(block.index for block in training if block.index % count == fold) for fold in range(count)
        )

    def _family_modules(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(map(family_modules, self.families)))

    def _shown(self, table: str) -> tuple[str, ...]:
        """The modules of the families that a table shows: they name and mark them."""
        kinds = TABLES.facts(table).sources
        shown = {
            "predictions": self.families,
            "posteriors": tuple(self._tested),
            "fittings": self._by_epochs,
            "ladders": tuple(name for name, _ in self._climbed(Climb.COMPLEXITY)),
            "regularizers": tuple(name for name, _ in self._climbed(Climb.PRIOR)),
        }
        families = dict.fromkeys(chain.from_iterable(names for kind, names in shown.items() if kind in kinds))
        return tuple(chain.from_iterable(map(family_modules, families)))

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
                folds=self._folds(training),
            ),
            {"summaries": [block.summary for block in training]},
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
            noise_sources=tuple(block.source for block in self.runs.blocks_of("noise")),
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
            noise_sources=tuple(block.source for block in self.runs.blocks_of("noise")),
        )
        return self._trial(f"bias and variance of {family} by {key}", settings, training)

    def _trial(self, title: str, settings: TrialSettings, training: list[Block]) -> Artifact:
        noise = [block.summary for block in self.runs.blocks_of("noise")]
        return self._make(
            stages.TRIALS,
            title,
            settings,
            {"training": [block.summary for block in training], "noise": noise},
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
                "summaries": [block.summary for block in others],
            },
            registered=self._family_modules(),
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

    def _table(self, name: str) -> Artifact:
        roles = TABLES.facts(name).sources
        # A table without predictions shows no family, and stays when one is added.
        compared = self.families if "predictions" in roles else ()
        if "posteriors" in roles:
            compared = tuple(self._tested)
        told = self._family_modules() if TABLES.facts(name).tells_families else ()
        return self._make(
            stages.TABLES,
            f"table of {name}",
            TableSettings(**self._protocol(compared), table=name),
            {role: self.in_role(role) for role in roles},
            registered=[TABLES.module(name), *told],
        )

    def _protocol(self, families: tuple[str, ...]) -> dict[str, Any]:
        return {
            "seed": self.experiment.seed,
            "units": self.experiment.units,
            "levels": self.experiment.calibration.levels,
            "energy_tolerance": self.experiment.integration.energy_tolerance,
            "unusable_above": self.experiment.integration.unusable_above,
            "families": families,
        }

    def _figure(self, name: str) -> Artifact:
        return self._make(
            stages.FIGURES,
            f"figure of {name}",
            FigureSettings(figure=name, style=self.experiment.figures.style_of(name)),
            {"table": (self.tables[name],)},
            registered=[FIGURES.module(name), *self._shown(name)],
        )

    @cached_property
    def metrics(self) -> Artifact:
        settings = MetricsSettings(
            **self._protocol(self.families),
            experiment=self.experiment.experiment,
            outputs=tuple(sorted(self.experiment.outputs)),
            tables=tuple(self.tables),
        )
        return self._make(
            stages.METRICS,
            "the metrics",
            settings,
            {"tables": self.tables.values()},
            registered=self._family_modules(),
        )

    @cached_property
    def evaluation(self) -> Artifact:
        sealed, inference = self.runs.blocks_of("sealed"), self.experiment.inference
        points: dict[str, Any] = {} if inference is None else {"posterior_points": inference.points}
        return self._make(
            stages.EVALUATIONS,
            "the evaluation on the sealed test set",
            EvaluationSettings(
                **self._protocol(self.families),
                **{name: value for name, value in self.runs.reading(sealed).items() if name != "units"},
                stream=self.experiment.sealed_stream,
                **points,
            ),
            {
                "emulators": self.fits.values(),
                **({"posteriors": self.posteriors, "emulator": self.posteriors} if self.posteriors else {}),
                "fold_emulators": self.fits.values(),
                "predictions": (self.predictions,),
                "sealed": [block.summary for block in sealed],
                "comparison": (self.tables["comparison"],),
            },
            registered=self._family_modules(),
        )


def _targets(artifact: Artifact) -> dict[str, Target]:
    """All files of a result under their own names."""
    return {file: Target(artifact, file) for file in artifact.stage.files}


def family_modules(family: str) -> tuple[str, ...]:
    """Of the family and of its calibrator."""
    return FAMILIES.module(family), CALIBRATORS.module(FAMILIES.load(family).calibrator)
