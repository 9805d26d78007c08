"""A missing output takes a run from that output's training alone."""

import dataclasses
from typing import NamedTuple

import numpy as np
import pytest
from emulators_samples import curved, fitted, how, planted, points_of, respond, training_set

from nbody_emulator.emulators.cross_validation import cross_validated_fit
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.register import FAMILIES

KEY = 5
RANDOM = np.random.default_rng(8)
INPUTS = RANDOM.uniform(-1.7, 1.7, (60, 3))
TARGETS = np.sin(2 * INPUTS[:, :2]) + 0.3 * RANDOM.standard_normal((60, 2))
MISSING = RANDOM.random(60) < 0.3
FRESH = RANDOM.uniform(-1.7, 1.7, (30, 3))
# Outputs of networks share their hidden layers, or follow each other; their law is the one about whole rows below.
SHARING = {
    "deep_sets",
    "autoregressive_network",
    "flow",
    "laplace",
    "mc_dropout",
    "mixture_network",
    "network",
    "nuts_network",
    "variational",
}
SEPARATE = [name for name in FAMILIES.names if name not in SHARING]
SHORT = {
    "boosting": {"trees": 20},
    "forest": {"trees": 10, "leaf": 2},
    "neighbours": {"neighbours": 5},
    "laplace": {"members": 2, "epochs": 5, "width": 8, "weight_decay": 0.1},
    "mc_dropout": {"epochs": 5, "width": 8, "dropout": 0.2, "versions": 4},
    "network": {"members": 2, "epochs": 5, "width": 8, "weight_decay": 0.1},
    "mixture_network": {"members": 2, "epochs": 5, "width": 8, "weight_decay": 0.1},
    "flow": {"members": 2, "epochs": 5, "width": 8, "weight_decay": 0.1},
    "autoregressive_network": {"members": 2, "epochs": 5, "width": 8, "weight_decay": 0.1},
    "nuts_network": {"width": 3, "chains": 1, "warmup": 10, "draws": 4},
    "polynomial": {"degree": 2},
    "variational": {"width": 4, "steps": 20, "networks": 4},
}


class Moments(NamedTuple):
    """Of the outputs at the fresh points, (n, q)."""

    mean: np.ndarray
    variance: np.ndarray


def answer(name, inputs, targets):
    training = training_set(inputs, targets)
    distributions = respond(FAMILIES.load(name)(**SHORT.get(name, {})).fit(training, KEY)[0], FRESH)
    return Moments(*each_point(lambda each: (each.mean, each.variance), (len(FRESH),), distributions))


@pytest.mark.parametrize("family", SEPARATE)
def test_an_output_learns_from_its_own_values_alone(family):
    targets = np.where(MISSING[:, None] & [True, False], np.nan, TARGETS)
    some, rest, everything = (
        answer(family, INPUTS, targets),
        answer(family, INPUTS[~MISSING], TARGETS[~MISSING]),
        answer(family, INPUTS, TARGETS),
    )
    # Rows that are absent are zeros in the same sums, or rows of the identity in the same factorization.
    for all_rows, fewer_rows in ((some, rest), (everything, everything)):
        np.testing.assert_allclose(all_rows.mean[:, 0], fewer_rows.mean[:, 0], atol=1e-6)
    np.testing.assert_allclose(some.mean[:, 1], everything.mean[:, 1], atol=1e-6)
    assert np.abs(some.mean[:, 0] - everything.mean[:, 0]).max() > 1e-3


@pytest.mark.parametrize("family", FAMILIES.names)
def test_a_run_without_outputs_teaches_nothing(family):
    absent = answer(family, INPUTS, np.where(MISSING[:, None], np.nan, TARGETS))
    dropped = answer(family, INPUTS[~MISSING], TARGETS[~MISSING])
    # The process's likelihood is climbed to a relative 1e-4 from sums in another order.
    np.testing.assert_allclose(absent.mean, dropped.mean, atol=1e-6)
    np.testing.assert_allclose(absent.variance, dropped.variance, atol=1e-6)


@pytest.mark.parametrize("family", ["autoregressive_network", "flow", "mixture_network"])
def test_joint_networks_say_that_runs_without_an_earlier_output_teach_nothing(family):
    apart = np.where(np.stack([MISSING, ~MISSING], axis=1), np.nan, TARGETS)
    with pytest.warns(UserWarning, match="of 20 runs with half only 0 have core as well"):
        answer(family, INPUTS, apart)


@pytest.mark.parametrize("family", FAMILIES.names)
def test_an_output_of_one_design_point_is_refused(family):
    table = planted(curved, 60, "rare")
    rare = np.arange(len(table)) >= 2
    groups = np.where(rare, table.groups, table.groups[0])
    name = table.outputs[0].name
    targets = np.where(rare[:, None] & (np.arange(table.targets.shape[1]) == 0), np.nan, table.targets)
    with pytest.raises(
        ValueError, match=f"output '{name}' exists at 1 of the design points, all in one inner fold"
    ):
        fitted(family, dataclasses.replace(table, targets=targets, groups=groups))


@pytest.mark.parametrize("existing", [0, 1, 2])
def test_an_output_that_cannot_be_learned_leaves_the_others_as_they_are(existing):
    """Values at one design point or none: predicted by nobody, with the reason in the record."""
    table = planted(curved, 60, "rare", blocks=3)
    lost = np.arange(len(table)) >= existing
    groups = np.where(lost, table.groups, table.groups[0])
    inputs = np.where(lost[:, None], table.inputs, table.inputs[0])
    first = np.arange(table.targets.shape[1]) == 0
    targets = np.where(lost[:, None] & first, np.nan, table.targets)
    table = dataclasses.replace(table, targets=targets, groups=groups, inputs=inputs)
    others = dataclasses.replace(
        table, outputs=table.outputs[1:], values=table.values[:, 1:], targets=targets[:, 1:]
    )
    folds = [[0], [1], [2]]
    emulator, out_of_fold, record = cross_validated_fit(table, how("linear"), folds)
    alone, expected, _ = cross_validated_fit(others, how("linear"), folds)
    assert emulator.outputs == alone.outputs
    found, without = (each["mean"].values for each in (out_of_fold, expected))
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_array_equal(found[:, 1:], without)
    assert all(table.outputs[0].name in reasons for reasons in record["left_out"].values)


def test_a_fit_leaves_failed_runs_out_before_anything_else():
    table = planted(curved, 60, "failed")
    failed = dataclasses.replace(table, targets=np.where(MISSING[:, None], np.nan, table.targets))
    both = fitted("linear", failed), fitted("linear", failed.select(~MISSING))
    answers = [emulator.predict(points_of(table)) for emulator in both]
    np.testing.assert_array_equal(answers[0].transformed_mean, answers[1].transformed_mean)
    np.testing.assert_array_equal(answers[0].transformed_variance, answers[1].transformed_variance)
    assert both[0].metadata.training_runs == both[1].metadata.training_runs == (~MISSING).sum()
