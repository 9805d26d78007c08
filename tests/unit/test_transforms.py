"""Transforms take outputs to the whole real line and back."""

import numpy as np
import pytest

from nbody_emulator.quantities.transforms import TRANSFORMS

RESOLUTION = 1.0 / 128.0
VALUES = {
    "identity": np.array([-3.0, 0.0, 7.5]),
    "log": np.array([1e-8, 0.3, 1.0, 2e5]),
    "logit": np.array([0.0, 1e-6, 0.02, 0.5, 0.98, 1.0]),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_inverse_undoes_forward(name):
    transform = TRANSFORMS[name]
    transformed = transform.forward(VALUES[name], RESOLUTION)
    assert np.all(np.isfinite(transformed))
    assert np.all(np.diff(transformed) > 0)
    # The logit near 0 and 1 loses digits by subtracting nearly equal numbers: 1e-15 in fraction, no more.
    np.testing.assert_allclose(
        transform.inverse(transformed, RESOLUTION), VALUES[name], rtol=1e-14, atol=1e-15
    )


@pytest.mark.parametrize("name", TRANSFORMS)
def test_missing_stays_missing(name):
    assert np.isnan(TRANSFORMS[name].forward(np.array([np.nan]), RESOLUTION))


def test_a_length_of_zero_does_not_exist():
    assert np.isnan(TRANSFORMS["log"].forward(np.array([0.0, -1.0]), RESOLUTION)).all()


def test_logit_adds_half_a_star_to_either_side():
    # (M_b + m/2) / (M + m) of 3 stars in 128, written out in stars.
    expected = np.log((3 + 0.5) / (125 + 0.5))
    np.testing.assert_allclose(
        TRANSFORMS["logit"].forward(np.array(3 / 128), RESOLUTION), expected, rtol=1e-13
    )


def test_logit_is_odd_about_one_half():
    fractions = np.linspace(0.0, 1.0, 17)
    forward = TRANSFORMS["logit"].forward
    np.testing.assert_allclose(forward(fractions, 0.01), -forward(1.0 - fractions, 0.01), atol=1e-13)


def test_a_prediction_beyond_the_last_star_stays_a_fraction():
    assert TRANSFORMS["logit"].inverse(np.array([-50.0, 50.0]), RESOLUTION).tolist() == [0.0, 1.0]
