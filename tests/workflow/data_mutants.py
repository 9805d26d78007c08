"""Leaks of the test set by data: files that lie about what they hold, fits that saw too much.

Each mutant is a function that leaks and then goes on as a careless person would; it must end in a ValueError.
`World` is a small experiment in files, made by the very functions the scripts call.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
import xarray as xr

from nbody_emulator import netcdf
from nbody_emulator.design import draw_block
from nbody_emulator.emulators import Emulator, fit, fitting, predict_rows, predict_sealed, run_trial
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.evaluation.test_set import evaluate_files
from nbody_emulator.seen import Seen
from nbody_emulator.tables import Table, gather, read_table

FAMILIES = ["mean", "linear"]
SETTINGS = {
    "seed": 3,
    "levels": [0.68, 0.90, 0.95],
    "families": FAMILIES,
    "units": {"length": "pc", "time": "Myr"},
    "cluster": {"stars": 128},
    "parameters": {
        "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
        "virial_ratio": {"minimum": 0.2, "maximum": 1.8, "scale": "linear"},
    },
    "outputs": {"r_h": {"statistic": "half_mass_radius", "transform": "log", "time": 1.0}},
}
TUNING = {"settings": {}, "tuning": {"candidates": 1, "folds": 2}, "stream": ["fit"]}
# Set -> (role, blocks, points, replicates, stream)
SETS = {
    "train": ("training", 2, 12, 1, "train"),
    "replicate": ("noise", 1, 6, 2, "replicate"),
    "calibration": ("calibration", 1, 24, 1, "calibration"),
    "test": ("sealed", 1, 6, 2, "test-development"),
}


def summary(stream: str, block: int, points: int, replicates: int) -> xr.Dataset:
    drawn = draw_block(
        SETTINGS
        | {"stream": stream, "block": block, "sampler": "prior", "points": points, "replicates": replicates}
    )
    runs = points * replicates
    radius = np.exp(
        drawn["parameter_values"].values.sum(axis=1) + 0.1 * np.random.default_rng(7).normal(size=runs)
    )

    def column(values, units="1"):
        return "run", values, {"units": units, "long_name": "made up"}

    drawn["half_mass_radius"] = (
        ("run", "time"),
        np.stack([radius, radius], axis=1),
        {"units": "pc", "long_name": "made up"},
    )
    drawn["status"] = column(np.zeros(runs, dtype=np.int8))
    drawn["energy_error"] = column(np.zeros(runs))
    return drawn.assign_coords(time=("time", [0.0, 1.0], {"units": "1", "long_name": "fraction"}))


@dataclass(frozen=True)
class Block:
    """A summary file and what the plan takes it for."""

    path: Path
    set_name: str
    role: str
    stream: str
    index: int

    @property
    def source(self) -> dict:
        return {"set": self.set_name, "role": self.role, "stream": self.stream, "block": self.index}


@dataclass(frozen=True)
class World:
    """Summary files of four sets in one folder."""

    folder: Path
    blocks: tuple[Block, ...]

    def of(self, *roles: str) -> list[Block]:
        return [block for block in self.blocks if block.role in roles]

    @property
    def sealed(self) -> Block:
        return self.of("sealed")[0]

    def fit(self, family: str, training: list[Block], name: str = "all") -> tuple[Path, Path]:
        """The emulator's file and that of its record."""
        emulator, record = fit(table(training), SETTINGS | TUNING | {"family": family})
        paths = self.folder / f"{family}-{name}.eqx", self.folder / f"{family}-{name}.nc"
        emulator.save(paths[0])
        netcdf.write(record, paths[1])
        return paths

    def predictions(self, family: str, training: list[Block], judged: list[Block]) -> xr.Dataset:
        folds = [
            self.fit(family, [block for block in training if block != left], f"fold-{number}")[0]
            for number, left in enumerate(training)
        ]
        full = Emulator.load(self.fit(family, training)[0])
        return predict_rows([Emulator.load(path) for path in folds], full, table(judged), {"family": family})

    def trial(self, training: list[Block], noise: list[Block]) -> Path:
        path = self.folder / "trial.nc"
        settings = SETTINGS | TUNING | {"kind": "family", "family": "mean"}
        netcdf.write(run_trial([table(training)], table(noise), settings), path)
        return path

    def evaluate(self, training: list[Block] | None = None, witnesses: tuple[Path, ...] = ()) -> None:
        """As the script does: every family fitted on `training`, judged on the sealed block."""
        training = training or self.of("training")
        open_blocks = [*training, *self.of("noise", "calibration")]
        unsealed = [self.predictions(family, training, open_blocks) for family in FAMILIES]
        fits = {family: self.fit(family, training) for family in FAMILIES}
        sealed = predict_sealed([str(path) for path, _ in fits.values()], table([self.sealed]))
        witnesses = [str(path) for path in (*(record for _, record in fits.values()), *witnesses)]
        evaluate_files(*sealed, self._written(unsealed), witnesses, SETTINGS)

    def _written(self, predictions: list[xr.Dataset]) -> list[Path]:
        paths = [self.folder / f"predictions-{number}.nc" for number in range(len(predictions))]
        for path, dataset in zip(paths, predictions, strict=True):
            netcdf.write(dataset, path)
        return paths


def table(blocks: list[Block]) -> Table:
    sources = [block.source for block in blocks]
    return read_table([block.path for block in blocks], SETTINGS | {"sources": sources})


def make_world(folder: Path) -> World:
    blocks = []
    for name, (role, count, points, replicates, stream) in SETS.items():
        for index in range(count):
            path = folder / f"{name}-{index}.nc"
            netcdf.write(summary(stream, index, points, replicates), path)
            blocks.append(Block(path, name, role, stream, index))
    return World(folder, tuple(blocks))


def _renamed(world: World, stream: str, block: int) -> Block:
    """The sealed block in a file that says another stream and block."""
    path = world.folder / "renamed.nc"
    found = netcdf.read(world.sealed.path)
    netcdf.write(found.assign_attrs(stream=stream, block=block), path)
    return Block(path, "train", "training", stream, block)


def _rewritten(path: Path, change) -> None:
    """The emulator at `path`, saved as one that has seen other design points."""
    emulator = Emulator.load(path)
    seen = {"points": list(emulator.facts.seen.points), "checksum": emulator.facts.seen.checksum}
    change(seen)
    replace(emulator, facts=replace(emulator.facts, seen=Seen(**seen))).save(path)


def sealed_block_relabelled_as_training(world: World) -> None:
    world.evaluate([*world.of("training"), replace(world.sealed, set_name="train", role="training")])


def sealed_summary_copied_over_a_training_summary(world: World) -> None:
    shutil.copyfile(world.sealed.path, world.of("training")[0].path)
    world.evaluate()


def sealed_block_under_a_training_name(world: World) -> None:
    world.evaluate([*world.of("training"), _renamed(world, "train", 2)])


def sealed_rows_in_a_fit(world: World) -> None:
    world.fit("linear", [*world.of("training"), world.sealed])


def sealed_rows_in_the_dataset(world: World) -> None:
    path = world.folder / "dataset.nc"
    sources = [block.source for block in world.blocks]
    parts = gather([block.path for block in world.blocks], SETTINGS | {"sources": sources})
    netcdf.write_parts(parts, "run", path)
    read_sources(dataset=str(path))


def sealed_rows_among_the_open_predictions(world: World) -> None:
    path = world.folder / "predictions.nc"
    netcdf.write(world.predictions("linear", world.of("training"), list(world.blocks)), path)
    read_sources(predictions=[str(path)])


def scaler_from_all_rows(world: World) -> None:
    every = table([*world.of("training"), replace(world.sealed, set_name="train", role="training")])
    with mock.patch.object(
        fitting, "fit_scalers", lambda _, fit_scalers=fitting.fit_scalers: fit_scalers(every)
    ):
        world.fit("linear", world.of("training"))


def tuning_without_some_of_the_rows(world: World) -> None:
    def few(training, rows=fitting._observed_points):
        return rows(training)[:-1]

    with mock.patch.object(fitting, "_observed_points", few):
        world.fit("linear", world.of("training"))


def emulator_whose_list_of_points_was_edited(world: World) -> None:
    path, _ = world.fit("linear", world.of("training"))
    _rewritten(path, lambda seen: seen["points"].pop())
    Emulator.load(path)


def emulator_whose_scaler_saw_another_point(world: World) -> None:
    from nbody_emulator.identity.canonical import identity

    def scaler_saw_it(seen):
        seen["points"].append(["unheard-of/0/0", "0" * 12, 1])
        seen["checksum"] = identity(seen["points"])

    path, _ = world.fit("linear", world.of("training"))
    _rewritten(path, scaler_saw_it)
    Emulator.load(path)


def record_of_a_fit_that_was_edited(world: World) -> None:
    _, path = world.fit("linear", world.of("training"))
    found = netcdf.read(path)
    found["seen"].values[0, 0] = -1
    netcdf.write(found, path)
    read_sources(fittings=[str(path)])


def record_of_a_fit_without_its_points(world: World) -> None:
    _, path = world.fit("linear", world.of("training"))
    netcdf.write(netcdf.read(path).drop_vars("seen"), path)
    read_sources(fittings=[str(path)])


def trial_that_saw_the_test_set(world: World) -> None:
    leaked = [*world.of("training"), _renamed(world, "train", 2)]
    world.evaluate(witnesses=(world.trial(leaked, world.of("noise")),))


def trial_judged_on_a_point_it_saw(world: World) -> None:
    training = world.of("training")
    world.trial(training, [replace(training[0], set_name="replicate", role="noise")])


def calibration_on_a_training_point_under_another_name(world: World) -> None:
    path = world.of("calibration")[0].path
    found, seen = netcdf.read(path), netcdf.read(world.of("training")[0].path)
    found["parameter_values"].values[3] = seen["parameter_values"].values[5]
    netcdf.write(found, path)
    world.evaluate()


def test_points_drawn_where_the_model_was_trained(world: World) -> None:
    found, seen = netcdf.read(world.sealed.path), netcdf.read(world.of("training")[0].path)
    found["parameter_values"].values[:2] = seen["parameter_values"].values[5]
    netcdf.write(found, world.sealed.path)
    world.evaluate()


DATA = {
    "a sealed block is labelled as training": (sealed_block_relabelled_as_training, "saw it"),
    "a sealed summary is copied over a training one": (
        sealed_summary_copied_over_a_training_summary,
        "holds runs of the stream 'test-development', not of 'train'",
    ),
    "a sealed block is renamed to a training one": (sealed_block_under_a_training_name, "saw it"),
    "sealed rows are handed to a fit": (
        sealed_rows_in_a_fit,
        "training runs alone, not test-development/0/0",
    ),
    "sealed rows are in the dataset": (sealed_rows_in_the_dataset, "sealed run test-development/0/0"),
    "sealed rows are among the open predictions": (sealed_rows_among_the_open_predictions, "sealed run"),
    "the scaler is fitted to all rows": (scaler_from_all_rows, "its scaler saw the design point"),
    "the tuning sees other rows than the model": (tuning_without_some_of_the_rows, "its scaler saw"),
    "an emulator's list of seen points is edited": (emulator_whose_list_of_points_was_edited, "was edited"),
    "an emulator's scaler saw one point more": (emulator_whose_scaler_saw_another_point, "its scaler saw"),
    "a fit's record is edited": (record_of_a_fit_that_was_edited, "was edited"),
    "a fit's record does not say what it saw": (record_of_a_fit_without_its_points, "does not say"),
    "a trial saw the test set": (trial_that_saw_the_test_set, r"not sealed.*trial\.nc"),
    "a trial is judged on points it saw": (trial_judged_on_a_point_it_saw, "yet one of its fits saw it"),
    "a calibration point is a training point": (calibration_on_a_training_point_under_another_name, "saw it"),
    "a test point is a training point": (test_points_drawn_where_the_model_was_trained, "saw it"),
}
"""Mutant -> (function, what its refusal says)."""
