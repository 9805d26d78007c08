"""Every ladder climbs what it says: a rung changes the fit as the number it is named after does, and nothing else."""

import jax
import numpy as np
import pytest
from emulators_samples import training_set
from sklearn.linear_model import Lasso as ReferenceLasso

from nbody_emulator.emulators.family import Climb
from nbody_emulator.emulators.models.legendre import products
from nbody_emulator.emulators.register import FAMILIES

RANDOM = np.random.default_rng(3)
INPUTS = RANDOM.uniform(-1.7, 1.7, (64, 3))
TARGETS = np.sin(2 * INPUTS[:, :2]) + 0.3 * RANDOM.standard_normal((64, 2))
TRAINING = training_set(INPUTS, TARGETS)
KEY = 5
SHORT = {"members": 2, "epochs": 40}


def rung(name, key, value, **settings):
    return FAMILIES.load(name)(**settings).rung(key, value)


def test_every_ladder_takes_its_own_ends():
    for name in FAMILIES.names:
        family = FAMILIES.load(name)
        keys = [ladder.key for ladder in family.ladders]
        assert len(set(keys)) == len(keys)
        for ladder in family.ladders:
            assert isinstance(ladder.climb, Climb)
            for end in (ladder.minimum, ladder.maximum):
                changed = family().rung(ladder.key, int(end) if ladder.is_whole else end)
                assert changed != family() or ladder.at(end).items() <= dict(family()).items()


def test_the_epoch_that_early_stopping_keeps_is_a_rung():
    # Stopped at its best epoch whatever the losses, a member is the one that early stopping keeps, to the last bit.
    family = FAMILIES.load("network")(members=1, epochs=SHORT["epochs"])
    kept, history = family.fit(TRAINING, KEY)
    best = int(history["best_epoch"][1][0])
    again, other = family.changed(last_epoch=best).fit(TRAINING, KEY)
    assert 0 < best < 40 and other["best_epoch"][1].tolist() == [best]
    assert all(map(np.array_equal, jax.tree.leaves(kept), jax.tree.leaves(again)))
    earlier = family.changed(last_epoch=best - 1).fit(TRAINING, KEY)[0]
    assert not all(map(np.array_equal, jax.tree.leaves(kept), jax.tree.leaves(earlier)))


@pytest.mark.parametrize("depth", [1, 3])
def test_depth_counts_the_hidden_layers(depth):
    model, _ = rung("network", "depths", depth, **SHORT).fit(TRAINING, KEY)
    assert len(model.members.layers) == depth + 1


def test_a_given_length_scale_is_that_of_every_process():
    model, _ = rung("gaussian_process", "lengths", 0.7).fit(TRAINING, KEY)
    # Through a logarithm and back.
    np.testing.assert_allclose(np.exp(model.covariance.log_length), 0.7, rtol=1e-12)
    assert np.ptp(model.covariance.noise_level) > 0  # all else is fitted


def test_a_stronger_ridge_is_a_narrower_prior():
    norms = [
        np.linalg.norm(rung("legendre", "penalties", strength).fit(TRAINING, KEY)[0].coefficients[:, 1:])
        for strength in (1e-3, 1.0, 1e3)
    ]
    assert norms[0] > norms[1] > norms[2]


def test_zeros_are_those_of_the_lasso_by_scikit_learn():
    for penalty in (0.01, 0.1):
        lasso = rung("lasso", "penalties", penalty)
        model, _ = lasso.fit(TRAINING, KEY)
        phi = _terms(model, lasso.degree)
        reference = ReferenceLasso(alpha=penalty, tol=1e-12, max_iter=100_000)
        expected = [
            np.sum(reference.fit(terms[:, 1:], targets).coef_ == 0)
            for terms, targets in zip(phi, TARGETS.T, strict=True)
        ]
        assert lasso.zero_coefficients(model).tolist() == expected and min(expected) > 0
    assert FAMILIES.load("legendre")().zero_coefficients(model) is None


def _terms(model, degree):
    """Of each output."""
    boxes = zip(model.middle, model.half_width, strict=True)
    return [np.asarray(products((INPUTS - middle) / half_width, degree)) for middle, half_width in boxes]
