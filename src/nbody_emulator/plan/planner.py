"""From a configuration to every result it asks for."""

from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.emulators.family import Climb
from nbody_emulator.evaluation.register import TABLES, Needs
from nbody_emulator.figures.register import FIGURES, table_of
from nbody_emulator.plan import stages
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.fate_planner import FatePlanner
from nbody_emulator.plan.fit_planner import FitPlanner, family_modules
from nbody_emulator.plan.model_planner import ModelPlanner
from nbody_emulator.plan.plan import Plan, Target
from nbody_emulator.plan.posterior_planner import PosteriorPlanner
from nbody_emulator.plan.run_planners import run_planner
from nbody_emulator.plan.task_planner import TaskPlanner
from nbody_emulator.settings.figure_style import FigureSettings
from nbody_emulator.settings.page import PageSettings
from nbody_emulator.settings.protocol import MetricsSettings, TableSettings
from nbody_emulator.settings.rows import (
    EvaluationSettings,
)

ASKED_FOR = (
    "posteriors",
    "information",
    "draws",
    "predictive",
    "evidences",
    "task_predictions",
    "fate_predictions",
)
"""Roles of what an experiment does if it is asked to: without them it is without their tables."""

SEALED_TEST = "sealed_test"
"""The one figure that is drawn of the test set."""


class Planner:
    """Turns an experiment into a `Plan`; one method a stage."""

    def __init__(self, experiment: Experiment, maker: ArtifactMaker):
        self.experiment = experiment
        self.runs = run_planner(experiment, maker)
        self.fitted = FitPlanner(experiment, self.runs, maker)
        self.inferred = PosteriorPlanner(experiment, self.runs, self.fitted, maker)
        self.models = ModelPlanner(experiment, self.runs, self.fitted, maker)
        self.tasks = TaskPlanner(experiment, self.runs, maker)
        self.fates = FatePlanner(experiment, self.runs, self.fitted.folds, maker)
        self.families = self.fitted.families
        self._make = maker.make

    def plan(self) -> Plan:
        results = {
            **_targets(self.runs.dataset),
            **_targets(self.fitted.predictions),
            **_targets(self.metrics),
            **_targets(self.page),
            **{f"tables/{name}.csv": Target(table, "table.csv") for name, table in self.tables.items()},
            **{
                f"figures/{name}": target
                for figure in self._figures
                for name, target in _drawn(figure).items()
            },
            **{
                f"emulators/{name}.eqx": Target(self.fitted.tested.get(name, fit), "emulator.eqx")
                for name, fit in self.fitted.fits.items()
            },
            **{
                f"posteriors/{name}.nc": Target(artifact, "posteriors.nc")
                for name, artifact in self.fitted.tested.items()
            },
            **{
                f"tasks/{task}/{family}.eqx": Target(fit, "emulator.eqx")
                for (task, family), fit in self.tasks.emulators.items()
            },
            **{
                f"fates/{study}/{classifier}.eqx": Target(fit, "classifier.eqx")
                for (study, classifier), fit in self.fates.fits.items()
            },
            **{
                f"models/{name}.eqx": Target(artifact, "emulator.eqx")
                for name, artifact in self.models.emulators.items()
            },
            **{file: target for each in self.models.evidences for file, target in _targets(each).items()},
        }
        return Plan(
            experiment=self.experiment.experiment,
            blocks=(*self.runs.blocks, *self.inferred.blocks, *self.models.blocks),
            half_step=self.runs.half_step,
            fits=self.fitted.fits,
            models=self.models.emulators,
            results=results,
            test_set={**_targets(self.evaluation), **_drawn(self._figure_of_test_set)},
            left_out=self._left_out_in_words,
        )

    def in_role(self, role: str) -> tuple[Artifact, ...]:
        """The results that a table reads in a role, a name of the register's entries."""
        planners = self.runs, self.fitted, self.inferred, self.models, self.tasks, self.fates
        planner = next(each for each in planners if hasattr(type(each), role))
        found = getattr(planner, role)
        return (found,) if isinstance(found, Artifact) else tuple(found)

    @cached_property
    def tables(self) -> dict[str, Artifact]:
        """Those of what the experiment does and has."""
        left_out = {name for names in self.left_out.values() for name in names}
        return {name: self._table(name) for name in self._asked_for if name not in left_out}

    @cached_property
    def _asked_for(self) -> tuple[str, ...]:
        """Names of tables of what the experiment does."""
        not_asked = {role for role in ASKED_FOR if not self.in_role(role)}
        return tuple(name for name in TABLES.names if not_asked.isdisjoint(TABLES.facts(name).sources))

    @cached_property
    def left_out(self) -> dict[Needs, tuple[str, ...]]:
        """Tables that there is no data for, by what is lacking."""
        has = {Needs.REPLICATES: self.runs.blocks_of("noise"), Needs.STEPS: self.runs.half_step}
        return {
            need: tuple(name for name in self._asked_for if TABLES.facts(name).needs is need)
            for need, found in has.items()
            if not found
        }

    @property
    def _left_out_in_words(self) -> dict[str, tuple[str, ...]]:
        return {need.value: names for need, names in self.left_out.items()}

    @property
    def _figures(self) -> tuple[Artifact, ...]:
        drawn = (name for name in FIGURES.names if self._is_drawn(name))
        return tuple(
            self._figure(name, self.tables[table_of(name)], self._shown(table_of(name))) for name in drawn
        )

    @property
    def _figure_of_test_set(self) -> Artifact:
        return self._figure(SEALED_TEST, self.evaluation, self.fitted.modules)

    def _is_drawn(self, name: str) -> bool:
        return table_of(name) in self.tables and not (
            FIGURES.facts(name).of_steps and Needs.STEPS in self.left_out
        )

    def _shown(self, table: str) -> tuple[str, ...]:
        """The modules of the families that a table shows: they name and mark them."""
        kinds = TABLES.facts(table).sources
        shown = {
            "predictions": self.families,
            "posteriors": tuple(self.fitted.tested),
            "fittings": self.fitted.by_epochs,
            "ladders": tuple(name for name, _ in self.fitted.climbed(Climb.COMPLEXITY)),
            "regularizers": tuple(name for name, _ in self.fitted.climbed(Climb.PRIOR)),
            "task_predictions": tuple(chain.from_iterable(each.families for each in self.tasks.told)),
        }
        families = dict.fromkeys(chain.from_iterable(names for kind, names in shown.items() if kind in kinds))
        return tuple(chain.from_iterable(map(family_modules, families)))

    def _table(self, name: str) -> Artifact:
        roles = TABLES.facts(name).sources
        # A table without predictions shows no family, and stays when one is added.
        compared = self.families if "predictions" in roles else ()
        if "posteriors" in roles:
            compared = tuple(self.fitted.tested)
        told = self.fitted.modules if TABLES.facts(name).tells_families else ()
        tasks: dict[str, Any] = {"tasks": self.tasks.told} if "task_predictions" in roles else {}
        return self._make(
            stages.TABLES,
            f"table of {name}",
            TableSettings(**self._protocol(compared), **tasks, table=name),
            {role: self.in_role(role) for role in roles},
            registered=[TABLES.module(name), *told],
        )

    def _protocol(self, families: tuple[str, ...]) -> dict[str, Any]:
        return {
            "seed": self.experiment.seed,
            "levels": self.experiment.calibration.levels,
            "families": families,
            **self.runs.protocol,
        }

    def _figure(self, name: str, table: Artifact, shown: tuple[str, ...]) -> Artifact:
        """The figure of a table; `shown` are the modules that name and mark what is in it."""
        return self._make(
            stages.FIGURES,
            f"figure of {name}",
            FigureSettings(figure=name, style=self.experiment.figures.style_of(name)),
            {"table": (table,)},
            registered=[FIGURES.module(name), *shown],
        )

    @cached_property
    def metrics(self) -> Artifact:
        settings = MetricsSettings(
            **self._protocol(self.families),
            experiment=self.experiment.experiment,
            outputs=tuple(output.name for output in self.experiment.predicted),
            tables=tuple(self.tables),
        )
        if self.left_out:
            settings = settings.changed(left_out=self._left_out_in_words)
        return self._make(
            stages.METRICS,
            "the metrics",
            settings,
            {"tables": self.tables.values()},
            registered=self.fitted.modules,
        )

    @cached_property
    def page(self) -> Artifact:
        return self._make(
            stages.PAGES,
            "the page",
            PageSettings(title=self.experiment.experiment),
            {
                "emulators": self.fitted.fits.values(),
                "dataset": (self.runs.dataset,),
                "comparison": (self.tables["comparison"],),
            },
            registered=self.fitted.modules,
        )

    @cached_property
    def evaluation(self) -> Artifact:
        sealed, inference = self.runs.blocks_of("sealed"), self.experiment.inference
        judged = self.fitted.posteriors
        points: dict[str, Any] = {} if inference is None else {"posterior_points": inference.points}
        return self._make(
            stages.EVALUATIONS,
            "the evaluation on the sealed test set",
            EvaluationSettings(
                **(self._protocol(self.families) | self.runs.reading(sealed)),
                stream=self.experiment.sealed_stream,
                **points,
            ),
            {
                "emulators": self.fitted.fits.values(),
                **({"posteriors": judged, "emulator": judged} if judged else {}),
                "fold_emulators": self.fitted.fits.values(),
                "predictions": (self.fitted.predictions,),
                "sealed": [block.summary for block in sealed],
                "comparison": (self.tables["comparison"],),
            },
            registered=self.fitted.modules,
        )


def _targets(artifact: Artifact) -> dict[str, Target]:
    """All files of a result under their own names."""
    return {file: Target(artifact, file) for file in artifact.stage.files}


def _drawn(figure: Artifact) -> dict[str, Target]:
    """The files of a figure under its own name."""
    name = figure.settings["figure"]
    return {f"{name}{Path(file).suffix}": Target(figure, file) for file in figure.stage.files}
