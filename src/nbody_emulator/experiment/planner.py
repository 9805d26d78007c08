"""From a configuration to every result it asks for."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain
from typing import Any

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.description import describe
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.experiment import stages
from nbody_emulator.experiment.artifact import Artifact
from nbody_emulator.experiment.artifact_maker import ArtifactMaker
from nbody_emulator.experiment.plan import Block, Plan
from nbody_emulator.experiment.registered import RegisteredModules
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.settings.figure_style import FigureSettings
from nbody_emulator.settings.protocol import MetricsSettings, TableSettings, TrainingSetSize
from nbody_emulator.settings.rows import (
    EvaluationSettings,
    FitSettings,
    PredictionSettings,
    Reading,
    SummarySettings,
    TrialSettings,
)
from nbody_emulator.settings.section import Section


class Planner:
    """Turns an experiment into a `Plan`; one method a stage."""

    def __init__(self, experiment: Experiment, maker: ArtifactMaker, modules: RegisteredModules):
        self.experiment = experiment
        self.modules = modules
        self._make = maker.make
        # Found once, for thousands of blocks.
        self._statistics = frozenset(map(modules.statistic, experiment.statistics))
        self._description = describe(experiment)
        self.families = tuple(experiment.families)

    def plan(self) -> Plan:
        blocks = tuple(chain.from_iterable(self._blocks(name) for name in sorted(self.experiment.sets)))
        training = [block for block in blocks if block.role == "training"]
        noise = [block for block in blocks if block.role == "noise"]
        sealed = [block for block in blocks if block.role == "sealed"]
        open_blocks = [block for block in blocks if block.role != "sealed"]
        others = [block for block in open_blocks if block.role != "training"]

        repeat = self._repeat(training[0])

        dataset = self._dataset("the dataset", open_blocks)
        repeated = self._dataset("the repeated runs", [repeat])
        fits = {family: self._fit(family, training) for family in self.families}
        curves = tuple(self._curve(family, training, noise) for family in self.families)
        ladders = tuple(self._ladder(name, training, noise) for name in self.experiment.bias_variance.rungs)
        predictions = self._predictions(fits, others)
        sources = {
            "dataset": (dataset,),
            "repeated": (repeated,),
            "predictions": (predictions,),
            "curves": curves,
            "ladders": ladders,
            "fittings": (fits["network"],) if "network" in fits else (),
        }
        tables = {name: self._table(name, sources) for name in TABLES.names}
        return Plan(
            experiment=self.experiment.experiment,
            blocks=blocks,
            repeat=repeat,
            dataset=dataset,
            repeated=repeated,
            fits=fits,
            curves=curves,
            ladders=ladders,
            predictions=predictions,
            tables=tables,
            figures={name: self._figure(name, tables[name]) for name in FIGURES.names},
            metrics=self._metrics(tables),
            evaluation=self._evaluation(fits, predictions, sealed),
        )

    def _blocks(self, set_name: str) -> Iterable[Block]:
        run_set = self.experiment.sets[set_name]
        of_first = block_of_runs(self.experiment, run_set, 0).written()
        modules = self.modules.simulation(self.experiment, run_set)
        for index in range(run_set.blocks):
            title = f"{set_name} block {index}"
            simulation = self._simulation(title, {**of_first, "block": index}, modules)
            yield Block(
                set_name, run_set.role, index, run_set.runs, simulation, self._summary(simulation, title)
            )

    def _repeat(self, first: Block) -> Block:
        """The first runs of a training block, a Latin hypercube in random order, at half the step they ended with."""
        run_set = self.experiment.sets[first.set_name]
        runs = min(self.experiment.step_check.runs, first.runs)
        title = "runs repeated at half the step"
        settings = block_of_runs(self.experiment, run_set, first.index).changed(runs=runs, refinements=1)
        modules = self.modules.simulation(self.experiment, run_set)
        simulation = self._simulation(title, settings, modules)
        return Block("repeat", "repeat", first.index, runs, simulation, self._summary(simulation, title))

    def _summary(self, simulation: Artifact, title: str) -> Artifact:
        return self._make(
            stages.SUMMARIES,
            f"summaries of {title}",
            self._summarizing,
            {"simulation": (simulation,)},
            registered=self._statistics,
        )

    @cached_property
    def _summarizing(self) -> Mapping[str, Any]:
        statistics = tuple(sorted(self.experiment.statistics))
        return SummarySettings(statistics=statistics, description=self._description).written()

    def _simulation(
        self, title: str, settings: Section | Mapping[str, Any], modules: Iterable[str]
    ) -> Artifact:
        return self._make(stages.SIMULATIONS, f"simulations of {title}", settings, {}, modules)

    def _reading(self, blocks: Iterable[Block]) -> dict[str, Any]:
        """What it takes to read blocks of summaries as a table of inputs and targets."""
        return {
            "outputs": self.experiment.outputs,
            "units": self.experiment.units,
            "sources": [block.source for block in blocks],
            "description": self._description,
        }

    def _dataset(self, title: str, blocks: list[Block]) -> Artifact:
        summaries = {"summaries": [block.summary for block in blocks]}
        return self._make(stages.DATASETS, title, Reading(**self._reading(blocks)), summaries)

    def _folds(self, training: list[Block]) -> list[list[int]]:
        """Block indices of each fold: block k falls into fold k modulo the number of folds, whatever is added."""
        count = self.experiment.cross_validation.folds
        return [[block.index for block in training if block.index % count == fold] for fold in range(count)]

    def _family_modules(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(map(self.modules.family, self.families)))

    def _shown(self, table: str) -> tuple[str, ...]:
        """The modules of the families that a table shows: they name and mark them."""
        kinds = TABLES.facts(table).sources
        ladders = self.experiment.bias_variance.rungs if "ladders" in kinds else ()
        return (
            *(self._family_modules() if "predictions" in kinds else ()),
            *chain.from_iterable(map(self.modules.family, ladders)),
        )

    def _fitting(self, family: str) -> dict[str, Any]:
        return {
            "family": family,
            "settings": self.experiment.families[family].settings,
            "tuning": self.experiment.tuning,
            "seed": self.experiment.seed,
        }

    def _fit(self, family: str, training: list[Block]) -> Artifact:
        return self._make(
            stages.FITS,
            f"fit of {family}",
            FitSettings(
                **self._fitting(family),
                **self._reading(training),
                stream=("fit",),
                folds=self._folds(training),
            ),
            {"summaries": [block.summary for block in training]},
            registered=self.modules.family(family),
        )

    def _curve(self, family: str, training: list[Block], noise: list[Block]) -> Artifact:
        sizes = self.experiment.learning_curve.sizes
        read = training[: max(size.blocks * size.sets for size in sizes)]
        settings = TrialSettings(
            **self._fitting(family),
            **self._reading(read),
            kind="curve",
            sizes=sizes,
            stream=("trial",),
            noise_sources=[block.source for block in noise],
        )
        return self._trial(f"learning curve of {family}", settings, read, noise)

    def _ladder(self, family: str, training: list[Block], noise: list[Block]) -> Artifact:
        method = self.experiment.families.get(family, FAMILIES.load(family)())
        settings = TrialSettings(
            **self._reading(training),
            kind="ladder",
            family=family,
            rungs=self.experiment.bias_variance.rungs[family],
            settings=method.settings if method.ladder.uses_settings else {},
            seed=self.experiment.seed,
            sizes=(TrainingSetSize(blocks=1, sets=len(training)),),
            stream=("trial", f"ladder-{family}"),
            noise_sources=[block.source for block in noise],
        )
        return self._trial(f"bias and variance of {family}", settings, training, noise)

    def _trial(
        self, title: str, settings: TrialSettings, training: list[Block], noise: list[Block]
    ) -> Artifact:
        return self._make(
            stages.TRIALS,
            title,
            settings,
            {"training": [block.summary for block in training], "noise": [block.summary for block in noise]},
            registered=self.modules.family(settings.family),
        )

    def _predictions(self, fits: Mapping[str, Artifact], others: list[Block]) -> Artifact:
        return self._make(
            stages.PREDICTIONS,
            "the predictions",
            PredictionSettings(**self._reading(others), levels=self.experiment.calibration.levels),
            {
                "emulators": fits.values(),
                "out_of_fold": fits.values(),
                "summaries": [block.summary for block in others],
            },
            registered=self._family_modules(),
        )

    def _table(self, name: str, sources: Mapping[str, tuple[Artifact, ...]]) -> Artifact:
        kinds = TABLES.facts(name).sources
        # A table without predictions shows no family, and stays when one is added.
        compared = self.families if "predictions" in kinds else ()
        return self._make(
            stages.TABLES,
            f"table of {name}",
            TableSettings(**self._protocol(compared), table=name),
            {kind: sources[kind] for kind in kinds},
            registered=[self.modules.table(name)],
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

    def _figure(self, name: str, table: Artifact) -> Artifact:
        return self._make(
            stages.FIGURES,
            f"figure of {name}",
            FigureSettings(figure=name, style=self.experiment.figures.style_of(name)),
            {"table": (table,)},
            registered=[self.modules.figure(name), *self._shown(name)],
        )

    def _metrics(self, tables: Mapping[str, Artifact]) -> Artifact:
        settings = MetricsSettings(
            **self._protocol(self.families),
            experiment=self.experiment.experiment,
            outputs=tuple(sorted(self.experiment.outputs)),
            tables=tuple(tables),
        )
        return self._make(
            stages.METRICS,
            "the metrics",
            settings,
            {"tables": tables.values()},
            registered=self._family_modules(),
        )

    def _evaluation(
        self, fits: Mapping[str, Artifact], predictions: Artifact, sealed: list[Block]
    ) -> Artifact:
        return self._make(
            stages.EVALUATIONS,
            "the evaluation on the sealed test set",
            EvaluationSettings(
                **self._protocol(self.families),
                **{name: value for name, value in self._reading(sealed).items() if name != "units"},
                stream=self.experiment.sealed_stream,
            ),
            {
                "emulators": fits.values(),
                "predictions": (predictions,),
                "sealed": [block.summary for block in sealed],
            },
            registered=self._family_modules(),
        )
