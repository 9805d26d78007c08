"""From a configuration to every result it asks for."""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import Any

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.experiment import stages
from nbody_emulator.experiment.artifact import Artifact, Stage
from nbody_emulator.experiment.description import describe
from nbody_emulator.experiment.plan import Block, Plan
from nbody_emulator.experiment.registered import RegisteredModules
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.identity.code import CodeBase
from nbody_emulator.identity.versions import numerics_versions
from nbody_emulator.parameters import smallest, with_parameters

Config = Mapping[str, Any]


class Planner:
    """Turns one validated configuration into a `Plan`; one method a stage."""

    def __init__(self, config: Config, code: CodeBase, pins: Mapping[str, str], modules: RegisteredModules):
        self.config = config
        self.code = code
        self.modules = modules
        self._versions = cache(lambda imports: numerics_versions(imports, pins))
        # Found once, for thousands of blocks.
        self._statistics = frozenset(map(modules.statistic, config["statistics"]))
        self._description = describe(config)
        self.families = [name for name in modules.families if name in config["emulators"]]

    def plan(self) -> Plan:
        blocks = tuple(chain.from_iterable(self._blocks(name) for name in sorted(self.config["sets"])))
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
        ladders = tuple(self._ladder(name, training, noise) for name in sorted(self.config["bias_variance"]))
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
            experiment=self.config["experiment"],
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

    def _artifact(
        self,
        stage: Stage,
        title: str,
        settings: Mapping[str, Any],
        inputs: Mapping[str, Iterable[Artifact]],
        registered: Iterable[str] = (),
    ) -> Artifact:
        inputs = {role: tuple(items) for role, items in inputs.items()}
        code = self.code.used(stage.script, registered)
        return Artifact(
            stage=stage,
            title=title,
            settings=settings,
            inputs=inputs,
            code=code.digests,
            versions=self._versions(code.third_party),
            sealed=any(item.sealed for item in chain.from_iterable(inputs.values()))
            or settings.get("sealed", False),
        )

    def _blocks(self, set_name: str) -> Iterable[Block]:
        run_set = self.config["sets"][set_name]
        runs = run_set["points"] * run_set["replicates"]
        for index in range(run_set["blocks"]):
            simulation = self._simulation(run_set, index, f"{set_name} block {index}")
            summary = self._summary(simulation, f"{set_name} block {index}")
            yield Block(set_name, run_set["role"], index, runs, simulation, summary)

    def _repeat(self, first: Block) -> Block:
        """The first runs of a training block, a Latin hypercube in random order, at half the step they ended with."""
        runs = min(self.config["step_check"]["runs"], first.runs)
        title = "runs repeated at half the step"
        settings = {"runs": runs, "integration": {**self.config["integration"], "refinements": 1}}
        simulation = self._simulation(self.config["sets"][first.set_name], first.index, title, settings)
        return Block("repeat", "repeat", first.index, runs, simulation, self._summary(simulation, title))

    def _summary(self, simulation: Artifact, title: str) -> Artifact:
        return self._artifact(
            stages.SUMMARIES,
            f"summaries of {title}",
            {"statistics": sorted(self.config["statistics"]), "description": self._description},
            {"simulation": (simulation,)},
            registered=self._statistics,
        )

    def _simulation(
        self, run_set: Config, index: int, title: str, changed: Mapping[str, Any] | None = None
    ) -> Artifact:
        keys = ("cluster", "duration", "snapshots", "parameters", "integration", "units", "seed")
        sealed = run_set["role"] == "sealed"
        released = sealed and self.config["sealed_stream"] == "release"
        settings = {key: self.config[key] for key in keys} | {
            "sampler": run_set["sampler"],
            "points": run_set["points"],
            "replicates": run_set["replicates"],
            "stream": run_set["release_stream"] if released else run_set["stream"],
            "block": index,
            "description": self._description,
        }
        # Only the sealed set carries the mark, so that its runs never share a folder with open ones.
        return self._artifact(
            stages.SIMULATIONS,
            f"simulations of {title}",
            settings | ({"sealed": True} if sealed else {}) | dict(changed or {}),
            {},
            registered=self.modules.simulation(self.config, run_set),
        )

    def _reading(self, blocks: Iterable[Block]) -> dict[str, Any]:
        """What it takes to read blocks of summaries as a table of inputs and targets."""
        keys = ("outputs", "parameters", "units")
        return {key: self.config[key] for key in keys} | {
            "fewest_stars": self._fewest_stars(),
            "sources": [block.source for block in blocks],
            "description": self._description,
        }

    def _fewest_stars(self) -> int:
        """Stars of the smallest cluster, by which fractions of stars are resolved; see `tables`."""
        return smallest(with_parameters(self.config["cluster"], self.config["parameters"])["stars"])

    def _dataset(self, title: str, blocks: list[Block]) -> Artifact:
        summaries = {"summaries": [block.summary for block in blocks]}
        return self._artifact(stages.DATASETS, title, self._reading(blocks), summaries)

    def _folds(self, training: list[Block]) -> list[list[int]]:
        """Block indices of each fold: block k falls into fold k modulo the number of folds, whatever is added."""
        count = self.config["cross_validation"]["folds"]
        return [[block.index for block in training if block.index % count == fold] for fold in range(count)]

    def _family_modules(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(map(self.modules.family, self.families)))

    def _shown(self, table: str) -> tuple[str, ...]:
        """The modules of the families that a table shows: they name and mark them."""
        kinds = TABLES.facts(table).sources
        ladders = self.config["bias_variance"] if "ladders" in kinds else ()
        return (
            *(self._family_modules() if "predictions" in kinds else ()),
            *chain.from_iterable(map(self.modules.family, ladders)),
        )

    def _family(self, family: str) -> dict[str, Any]:
        keys = ("tuning", "seed")
        return {key: self.config[key] for key in keys} | {
            "family": family,
            "settings": self.config["emulators"][family],
        }

    def _fit(self, family: str, training: list[Block]) -> Artifact:
        return self._artifact(
            stages.FITS,
            f"fit of {family}",
            self._family(family)
            | self._reading(training)
            | {"stream": ["fit"], "folds": self._folds(training)},
            {"summaries": [block.summary for block in training]},
            registered=self.modules.family(family),
        )

    def _curve(self, family: str, training: list[Block], noise: list[Block]) -> Artifact:
        sizes = self.config["learning_curve"]["sizes"]
        read = training[: max(size["blocks"] * size["sets"] for size in sizes)]
        settings = self._family(family) | {"kind": "curve", "sizes": sizes, "stream": ["trial"]}
        return self._trial(f"learning curve of {family}", settings, read, noise, family)

    def _ladder(self, ladder: str, training: list[Block], noise: list[Block]) -> Artifact:
        settings = {
            "kind": "ladder",
            "ladder": ladder,
            "rungs": self.config["bias_variance"][ladder][FAMILIES.load(ladder).ladder.key],
            "settings": self.config["emulators"].get(ladder, {}),
            "seed": self.config["seed"],
            "sizes": [{"blocks": 1, "sets": len(training)}],
            "stream": ["trial", f"ladder-{ladder}"],
        }
        return self._trial(f"bias and variance of {ladder}", settings, training, noise, ladder)

    def _trial(
        self, title: str, settings: dict, training: list[Block], noise: list[Block], family: str
    ) -> Artifact:
        return self._artifact(
            stages.TRIALS,
            title,
            settings | self._reading(training) | {"noise_sources": [block.source for block in noise]},
            {"training": [block.summary for block in training], "noise": [block.summary for block in noise]},
            registered=self.modules.family(family),
        )

    def _predictions(self, fits: Mapping[str, Artifact], others: list[Block]) -> Artifact:
        return self._artifact(
            stages.PREDICTIONS,
            "the predictions",
            self._reading(others) | {"levels": self.config["calibration"]["levels"]},
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
        compared = {"families": self.families} if "predictions" in kinds else {}
        return self._artifact(
            stages.TABLES,
            f"table of {name}",
            self._protocol() | {"table": name} | compared,
            {kind: sources[kind] for kind in kinds},
            registered=[self.modules.table(name)],
        )

    def _protocol(self) -> dict[str, Any]:
        keys = ("seed", "outputs", "parameters", "units")
        return {key: self.config[key] for key in keys} | {
            "fewest_stars": self._fewest_stars(),
            "levels": self.config["calibration"]["levels"],
            **{key: self.config["integration"][key] for key in ("energy_tolerance", "unusable_above")},
        }

    def _figure(self, name: str, table: Artifact) -> Artifact:
        styles = self.config["figures"]
        return self._artifact(
            stages.FIGURES,
            f"figure of {name}",
            {"figure": name, "style": {**styles["style"], **styles.get(name, {})}},
            {"table": (table,)},
            registered=[self.modules.figure(name), *self._shown(name)],
        )

    def _metrics(self, tables: Mapping[str, Artifact]) -> Artifact:
        settings = self._protocol() | {
            "families": self.families,
            "experiment": self.config["experiment"],
            "tables": list(tables),
        }
        return self._artifact(
            stages.METRICS,
            "the metrics",
            settings,
            {"tables": tables.values()},
            registered=self._family_modules(),
        )

    def _evaluation(
        self, fits: Mapping[str, Artifact], predictions: Artifact, sealed: list[Block]
    ) -> Artifact:
        return self._artifact(
            stages.EVALUATIONS,
            "the evaluation on the sealed test set",
            self._protocol()
            | self._reading(sealed)
            | {"families": self.families, "stream": self.config["sealed_stream"]},
            {
                "emulators": fits.values(),
                "predictions": (predictions,),
                "sealed": [block.summary for block in sealed],
            },
            registered=self._family_modules(),
        )
