"""Folds keep design points whole, scaling sees finite values alone, all families offer the same limbs."""

from dataclasses import replace

import numpy as np
import pytest

from nbody_emulator.emulators.family import AbstractFamily, Reference
from nbody_emulator.emulators.models.ensemble import set_aside
from nbody_emulator.emulators.register import FAMILIES, TRIALS
from nbody_emulator.emulators.scaling import fit_scaler
from nbody_emulator.emulators.training import (
    Columns,
    TrainingSet,
    UnlearnableOutput,
    grouped_folds,
    padded,
    training_rows,
)
from nbody_emulator.marks import MARKS
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.quantities.tables import Table

NO_COLUMNS = Columns((), (), fit_scaler(np.zeros((1, 0))), fit_scaler(np.zeros((1, 0))))
GROUPS = np.repeat(np.arange(13), 3)


@pytest.mark.parametrize("count", [2, 4, 13, 20])
def test_folds_keep_design_points_whole(count):
    folds = grouped_folds(GROUPS, count, np.random.default_rng(1))
    assert all(len(set(folds[group == GROUPS])) == 1 for group in range(13))
    sizes = np.bincount(folds)
    assert len(sizes) == min(count, 13)
    assert sizes.max() - sizes.min() <= 3  # one design point of three runs


def test_folds_follow_the_groups_and_not_the_rows():
    order = np.random.default_rng(2).permutation(len(GROUPS))
    folds = grouped_folds(GROUPS, 4, np.random.default_rng(1))
    np.testing.assert_array_equal(grouped_folds(GROUPS[order], 4, np.random.default_rng(1)), folds[order])


@pytest.mark.parametrize("fraction", [0.0, 0.2, 1.0])
def test_rows_for_early_stopping_are_whole_design_points(fraction):
    targets = np.zeros((39, 1))
    targets[GROUPS > 9] = np.nan  # held out: neither trained on nor set aside
    rows = set_aside(
        TrainingSet(np.zeros((39, 2)), targets, GROUPS, NO_COLUMNS), fraction, np.random.default_rng(0)
    )
    chosen = set(GROUPS[rows])
    assert len(chosen) == {0.0: 1, 0.2: 2, 1.0: 9}[fraction]
    assert chosen <= set(range(10))
    assert rows.sum() == 3 * len(chosen)


def test_scaling_leaves_nan_out_and_survives_constants():
    values = np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0]])
    scaler = fit_scaler(values)
    np.testing.assert_allclose(scaler.forward(values)[:2], [[-1.0, 0.0], [1.0, 0.0]])


def test_padding_adds_rows_without_targets():
    training = padded(TrainingSet(np.ones((5, 2)), np.ones((5, 1)), np.arange(5), NO_COLUMNS), 4)
    assert training.inputs.shape == (8, 2)
    assert training.observed.sum() == 5


def table(targets):
    outputs = (
        Output("f_bound", "bound_fraction", 1.0, "1", "logit", 0.01),
        Output("r_h", "r", 1.0, "pc", "log", 0.1),
    )
    rows = len(targets)
    return Table(
        parameters=(),
        outputs=outputs,
        inputs=np.zeros((rows, 0)),
        values=targets,
        targets=targets,
        groups=np.array(["train/1/0", "train/0/1", "train/0/1", "train/0/0"]),
        blocks=np.array([1, 0, 0, 0]),
        replicates=np.array([0, 1, 0, 0]),
        role=np.full(rows, "training"),
        usable=np.ones(rows, dtype=bool),
        energy_error=np.zeros(rows),
    )


def test_rows_are_sorted_by_design_point_and_replicate():
    rows = training_rows(table(np.arange(8.0).reshape(4, 2)))
    assert list(zip(rows.groups, rows.replicates, strict=True)) == [
        ("train/0/0", 0),
        ("train/0/1", 0),
        ("train/0/1", 1),
        ("train/1/0", 0),
    ]


def test_an_output_that_never_changes_is_named_and_can_be_left_out():
    targets = np.stack([np.arange(4.0), np.ones(4)], axis=1)
    with pytest.raises(
        UnlearnableOutput, match=r"output 'r_h' is the same in all training runs.*leave it out"
    ) as told:
        training_rows(table(targets))
    rows = table(targets)
    kept = np.array([output.name != told.value.output for output in rows.outputs])
    left = replace(
        rows,
        outputs=tuple(output for output in rows.outputs if output.name != told.value.output),
        values=rows.values[:, kept],
        targets=rows.targets[:, kept],
    )
    assert len(training_rows(left)) == 4


def test_an_output_without_values_is_named():
    targets = np.arange(8.0).reshape(4, 2)
    targets[1:, 1] = np.nan
    with pytest.raises(ValueError, match="output 'r_h' has 1 values"):
        training_rows(table(targets))


@pytest.mark.parametrize("name", FAMILIES.names)
def test_families_have_the_same_budget(name):
    family = FAMILIES.load(name)()
    assert isinstance(family, AbstractFamily)
    tried = family.candidates(6)
    assert len(tried) == len(set(tried)) == (6 if family.hyperparameters else 1)
    assert {each.changed(**family.hyperparameters) for each in tried} == {family}


def test_no_two_families_look_alike_and_sixteen_could_be_told_apart():
    marks = [FAMILIES.load(name).mark for name in FAMILIES.names]
    assert len({mark.marker for mark in marks}) == len(marks) and set(marks) <= set(MARKS)
    assert len({mark.marker for mark in MARKS}) == len(MARKS) >= 16


def test_the_references_are_the_mean_and_the_line():
    found = {name: FAMILIES.load(name).reference for name in FAMILIES.names}
    assert {name: kind for name, kind in found.items() if kind} == {
        "mean": Reference.MEAN,
        "linear": Reference.LINE,
    }


def test_the_register_goes_from_simple_to_complex():
    assert FAMILIES.names[:3] == ("mean", "physics", "linear")
    assert FAMILIES.names[-5:] == (
        "network",
        "deep_sets",
        "mixture_network",
        "flow",
        "autoregressive_network",
    )
    always = [
        ladder.key for name in FAMILIES.names for ladder in FAMILIES.load(name).ladders if ladder.always
    ]
    assert always == ["degrees"]
    assert all(callable(TRIALS.load(kind)) for kind in TRIALS.names)
