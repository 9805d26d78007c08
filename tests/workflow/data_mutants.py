"""Leaks of the test set by data: files that lie about what they hold, fits that saw too much.

Each mutant is a function that leaks and then goes on as a careless person would; it must end in a ValueError.
`World` is a small experiment in files, made by the very functions the scripts call.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import xarray as xr

from nbody_emulator.design import draw_block
from nbody_emulator.emulators import (
    Emulator,
    cross_validated_fit,
    cross_validation,
    fitting,
    predict_open,
    predict_sealed,
    run_trial,
)
from nbody_emulator.emulators.fold_emulators import load_each
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.evaluation.test_set import SealedPosteriors, evaluate_files
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.inference.posteriors import judge_posteriors
from nbody_emulator.quantities.tables import Table, gather, read_table
from nbody_emulator.settings.block import BlockDesign
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.settings.rows import Fitting, PosteriorSettings, Reading, Source, Trial
from nbody_emulator.storage import netcdf

FAMILIES = ["mean", "linear"]
LEVELS = (0.68, 0.90, 0.95)
DRAWN = {
    "seed": 3,
    "sampler": "prior",
    "units": {},
    "parameters": {
        "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
        "virial_ratio": {"minimum": 0.2, "maximum": 1.8, "scale": "linear"},
    },
}
OUTPUTS = {"r_h": {"statistic": "half_mass_radius", "transform": "log", "time": 1.0}}
TUNING = {"tuning": {"candidates": 1, "folds": 2}, "seed": 3, "stream": ["fit"]}
PROTOCOL = Protocol(
    seed=3, units={}, levels=LEVELS, energy_tolerance=1e-5, unusable_above=1e-2, families=FAMILIES
)
# Set -> (role, blocks, points, replicates, stream)
SETS = {
    "train": ("training", 2, 12, 1, "train"),
    "replicate": ("noise", 1, 6, 2, "replicate"),
    "calibration": ("calibration", 1, 24, 1, "calibration"),
    "test": ("sealed", 1, 6, 2, "test-development"),
}


def summary(stream: str, block: int, points: int, replicates: int) -> xr.Dataset:
    drawn = draw_block(
        BlockDesign(**DRAWN, stream=stream, block=block, points=points, replicates=replicates)
    ).assign_attrs(fewest_stars=128)
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
    bound = {"units": "1", "long_name": "number of bound stars"}
    drawn["bound_stars"] = (("run", "time"), np.full((runs, 2), 100.0), bound)
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
    def source(self) -> Source:
        return Source(set=self.set_name, role=self.role, stream=self.stream, block=self.index)


class Fit(NamedTuple):
    """The files of one family's fit."""

    emulator: Path
    fold_emulators: Path
    out_of_fold: Path
    record: Path


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

    def fit(self, family: str, training: list[Block]) -> "Fit":
        """The files of a fit, every block a fold."""
        folds = [[index] for index in {block.index for block in training}]
        how = Fitting(**TUNING, family=family)
        names = ("emulator.eqx", "fold_emulators.zip", "out_of_fold.nc", "fitting.nc")
        files = Fit(*(self.folder / f"{family}-{name}" for name in names))
        emulator, out_of_fold, record = cross_validated_fit(table(training), how, folds, files.fold_emulators)
        emulator.save(files.emulator)
        netcdf.write(out_of_fold, files.out_of_fold)
        netcdf.write(record, files.record)
        return files

    def predictions(self, fits: "list[Fit]", judged: list[Block]) -> Path:
        """The predictions of `judged`, and those out of fold."""
        path = self.folder / "predictions.nc"
        emulators = [Emulator.load(files.emulator) for files in fits]
        out_of_fold = [netcdf.read(files.out_of_fold) for files in fits]
        of_folds = [load_each(files.fold_emulators) for files in fits]
        netcdf.write(predict_open(emulators, table(judged), out_of_fold, of_folds), path)
        return path

    def trial(self, training: list[Block], noise: list[Block]) -> Path:
        path = self.folder / "trial.nc"
        sizes = [{"blocks": 1 + max(block.index for block in training), "sets": 1}]
        trial = Trial(**TUNING, kind="curve", family="mean", sizes=sizes)
        netcdf.write(run_trial(table(training), table(noise), trial), path)
        return path

    def posteriors(self, judged: list[Block]) -> Path:
        path = self.folder / "posteriors.nc"
        emulator = Emulator.load(self.fit("linear", self.of("training")).emulator)
        reading = Reading(sources=[block.source for block in judged], outputs=OUTPUTS, units={}, survival={})
        given = {name: value for name, value in reading if value is not None}
        settings = PosteriorSettings(**given, seed=1, likelihoods=("joint",), points=8192, mock_runs=2)
        netcdf.write(judge_posteriors(emulator, table(judged), settings)[0], path)
        return path

    def evaluate(
        self,
        training: list[Block] | None = None,
        witnesses: tuple[Path, ...] = (),
        posteriors: tuple[Path, ...] = (),
    ) -> dict:
        """As the script does: the evaluation of every family, fitted on `training`, on the sealed block."""
        fits = [self.fit(family, training or self.of("training")) for family in FAMILIES]
        unsealed = self.predictions(fits, self.of("noise", "calibration"))
        sealed = predict_sealed(
            [str(files.emulator) for files in fits],
            table([self.sealed]),
            [load_each(files.fold_emulators) for files in fits],
        )
        witnesses = [str(path) for path in (*(files.record for files in fits), *witnesses)]
        comparison = self.folder / "comparison.csv"
        comparison.write_text("family,recommended\nmean,False\nlinear,True\n")
        judged = SealedPosteriors((), list(map(str, posteriors)))
        return evaluate_files(*sealed, str(unsealed), str(comparison), witnesses, PROTOCOL, judged)[0]


def table(blocks: list[Block]) -> Table:
    sources = [block.source for block in blocks]
    reading = Reading(sources=sources, outputs=OUTPUTS, units={}, survival={})
    return read_table([block.path for block in blocks], reading)


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
    seen = {"points": list(emulator.metadata.seen.points), "checksum": emulator.metadata.seen.checksum}
    change(seen)
    replace(emulator, metadata=replace(emulator.metadata, seen=Seen(**seen))).save(path)


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
    reading = Reading(sources=sources, outputs=OUTPUTS, units={}, survival={})
    parts = gather([block.path for block in world.blocks], reading)
    netcdf.write_parts(parts, "run", path)
    read_sources(dataset=str(path))


def sealed_rows_among_the_open_predictions(world: World) -> None:
    fit = world.fit("linear", world.of("training"))
    read_sources(predictions=[str(world.predictions([fit], world.of("noise", "calibration", "sealed")))])


def sealed_rows_among_those_that_judge_posteriors(world: World) -> None:
    world.posteriors(world.of("calibration", "sealed"))


def posteriors_judged_on_a_sealed_block_under_another_name(world: World) -> None:
    stranger = replace(_renamed(world, "observation", 0), set_name="observation", role="observation")
    world.evaluate(posteriors=(world.posteriors([*world.of("calibration"), stranger]),))


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


def fold_that_is_not_held_out(world: World) -> None:
    with mock.patch.object(cross_validation, "without", lambda table, _: table):
        world.evaluate()


def half_of_a_fold_held_out(world: World) -> None:
    def half(table, blocks, without=cross_validation.without):
        return table.select(
            ~np.isin(table.groups, np.setdiff1d(table.groups, without(table, blocks).groups)[::2])
        )

    with mock.patch.object(cross_validation, "without", half):
        world.evaluate()


def training_runs_predicted_by_the_full_model(world: World) -> None:
    world.predictions([world.fit("linear", world.of("training"))], world.of("training", "noise"))


def fold_emulators_that_saw_a_judged_run(world: World) -> None:
    training, calibration = world.of("training"), world.of("calibration")
    leaking = world.fit("linear", [*training, replace(calibration[0], set_name="train", role="training")])
    kept = leaking.fold_emulators.read_bytes()
    fit = world.fit("linear", training)
    fit.fold_emulators.write_bytes(kept)
    world.predictions([fit], calibration)


def emulator_whose_list_of_points_was_edited(world: World) -> None:
    path = world.fit("linear", world.of("training")).emulator
    _rewritten(path, lambda seen: seen["points"].pop())
    Emulator.load(path)


def emulator_whose_scaler_saw_another_point(world: World) -> None:
    from nbody_emulator.identity.canonical import identity

    def scaler_saw_it(seen):
        seen["points"].append(["unheard-of/0/0", "0" * 12, 1])
        seen["checksum"] = identity(seen["points"])

    path = world.fit("linear", world.of("training")).emulator
    _rewritten(path, scaler_saw_it)
    Emulator.load(path)


def record_of_a_fit_that_was_edited(world: World) -> None:
    path = world.fit("linear", world.of("training")).record
    found = netcdf.read(path)
    found["seen"].values[-1, 0] = -1
    netcdf.write(found, path)
    read_sources(fittings=[str(path)])


def record_of_a_fit_without_its_points(world: World) -> None:
    path = world.fit("linear", world.of("training")).record
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


def sealed_points_drawn_where_the_model_was_trained(world: World) -> None:
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
    "sealed rows judge posteriors": (sealed_rows_among_those_that_judge_posteriors, "not on the sealed run"),
    "posteriors were judged on the test set under another name": (
        posteriors_judged_on_a_sealed_block_under_another_name,
        r"not sealed.*posteriors\.nc",
    ),
    "the scaler is fitted to all rows": (scaler_from_all_rows, "its scaler saw the design point"),
    "the tuning sees other rows than the model": (
        tuning_without_some_of_the_rows,
        "its scaler and tuning saw the design point",
    ),
    "a fold's fit sees the fold": (
        fold_that_is_not_held_out,
        "must be held out by exactly one fold's fit, not by 0",
    ),
    "a fold's fit sees half of the fold": (half_of_a_fold_held_out, "exactly one fold's fit, not by 0"),
    "the full model predicts training runs": (
        training_runs_predicted_by_the_full_model,
        "is to be predicted out of fold alone",
    ),
    "a fold's emulator saw a run that it predicts": (
        fold_emulators_that_saw_a_judged_run,
        "has not the role 'training', yet the fit saw it",
    ),
    "an emulator's list of seen points is edited": (emulator_whose_list_of_points_was_edited, "was edited"),
    "an emulator's scaler saw one point more": (emulator_whose_scaler_saw_another_point, "its scaler saw"),
    "a fit's record is edited": (record_of_a_fit_that_was_edited, "was edited"),
    "a fit's record does not say what it saw": (record_of_a_fit_without_its_points, "does not say"),
    "a trial saw the test set": (trial_that_saw_the_test_set, r"not sealed.*trial\.nc"),
    "a trial is judged on points it saw": (trial_judged_on_a_point_it_saw, "yet one of its fits saw it"),
    "a calibration point is a training point": (calibration_on_a_training_point_under_another_name, "saw it"),
    "a test point is a training point": (sealed_points_drawn_where_the_model_was_trained, "saw it"),
}
"""Mutant -> (function, what its refusal says)."""
