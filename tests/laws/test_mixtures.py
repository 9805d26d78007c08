"""Mixtures of Gaussians against independent programs, numerical integration and themselves."""

import numpy as np
import pytest
import scoringrules
from scipy.integrate import quad
from scipy.stats import norm

from nbody_emulator.emulators import mixture
from nbody_emulator.streams import generator

RANDOM = generator(9, "mixtures")
MEANS, VARIANCES = RANDOM.normal(size=(4, 50)), RANDOM.uniform(0.1, 2.0, size=(4, 50))
TARGETS = 3.0 * RANDOM.normal(size=50)
FUNCTIONALS = (mixture.log_density, mixture.normal_quantile, mixture.crps)


def test_the_density_and_the_probability_below_are_sums_over_components():
    deviations = np.sqrt(VARIANCES)
    density = norm.pdf(TARGETS, MEANS, deviations).mean(axis=0)
    # Closed forms on both sides: roundings.
    np.testing.assert_allclose(mixture.log_density(TARGETS, MEANS, VARIANCES), np.log(density), rtol=1e-12)
    below = norm.cdf(TARGETS, MEANS, deviations).mean(axis=0)
    z = mixture.normal_quantile(TARGETS, MEANS, VARIANCES)
    np.testing.assert_allclose(norm.cdf(z), below, rtol=1e-10)


def test_the_ranked_score_is_that_of_scoringrules():
    weights = np.full((50, 4), 0.25)
    found = scoringrules.crps_mixnorm(TARGETS, MEANS.T, np.sqrt(VARIANCES).T, weights)
    np.testing.assert_allclose(mixture.crps(TARGETS, MEANS, VARIANCES), found, rtol=1e-10)


@pytest.mark.parametrize("place", range(3))
def test_moments_and_the_ranked_score_are_their_integrals(place):
    parts = MEANS[:, place], VARIANCES[:, place]

    def integral(function):
        at_point = lambda y: function(y, np.exp(mixture.log_density(np.array(y), *parts)))  # noqa: E731
        return quad(at_point, -15.0, 15.0, limit=200, epsabs=1e-11)[0]

    mean, variance = mixture.moments(*parts)
    # The tolerance asked of the integrals.
    assert integral(lambda y, density: density) == pytest.approx(1.0, abs=1e-9)
    assert integral(lambda y, density: y * density) == pytest.approx(mean, abs=1e-9)
    assert integral(lambda y, density: (y - mean) ** 2 * density) == pytest.approx(variance, abs=1e-9)


@pytest.mark.parametrize("normal", [-8.0, -2.0, 0.0, 1.0, 6.0])
def test_quantiles_are_where_their_probability_lies(normal):
    found = mixture.quantile(normal, MEANS, VARIANCES)
    # Eighty halvings of the components' range end at neighbouring numbers; a flat distribution there costs digits.
    np.testing.assert_allclose(mixture.normal_quantile(found, MEANS, VARIANCES), normal, atol=1e-9)


def test_far_out_a_score_is_finite_and_monotonic():
    far = np.linspace(-60.0, 60.0, 241)
    z = mixture.normal_quantile(far, MEANS[:, :1], VARIANCES[:, :1])
    assert np.all(np.isfinite(z)) and np.all(np.diff(z) > 0)


@pytest.mark.parametrize("functional", FUNCTIONALS)
def test_equal_components_are_one_and_their_order_is_nothing(functional):
    single = functional(TARGETS, MEANS[:1], VARIANCES[:1])
    again = functional(TARGETS, np.repeat(MEANS[:1], 3, axis=0), np.repeat(VARIANCES[:1], 3, axis=0))
    np.testing.assert_allclose(again, single, rtol=1e-10, atol=1e-12)
    forward = functional(TARGETS, MEANS, VARIANCES)
    np.testing.assert_allclose(functional(TARGETS, MEANS[::-1], VARIANCES[::-1]), forward, rtol=1e-10)


def test_one_component_is_a_gaussian():
    mean, variance = MEANS[:1], VARIANCES[:1]
    deviation = np.sqrt(variance[0])
    np.testing.assert_array_equal(
        mixture.normal_quantile(TARGETS, mean, variance), (TARGETS - mean[0]) / deviation
    )
    np.testing.assert_array_equal(mixture.quantile(1.3, mean, variance), mean[0] + 1.3 * deviation)
    np.testing.assert_allclose(
        mixture.log_density(TARGETS, mean, variance),
        -scoringrules.logs_normal(TARGETS, mean[0], deviation),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        mixture.crps(TARGETS, mean, variance),
        scoringrules.crps_normal(TARGETS, mean[0], deviation),
        rtol=1e-10,
    )


def test_the_standard_normal_gives_the_golden_numbers():
    # Closed-form values, to the ten digits in which they are written.
    at, standard = np.array([0.0, 1.0, 2.0]), (np.zeros((1, 3)), np.ones((1, 3)))
    golden = [0.2336949773, 0.6024413576, 1.4527918217]
    np.testing.assert_allclose(mixture.crps(at, *standard), golden, atol=1e-10)
    assert mixture.log_density(at, *standard)[0] == pytest.approx(-0.9189385332, abs=1e-10)


@pytest.mark.parametrize("functional", FUNCTIONALS)
def test_what_is_missing_stays_missing(functional):
    target = np.where(np.arange(50) == 3, np.nan, TARGETS)
    means = np.where(np.arange(50) == 5, np.nan, MEANS)
    assert np.flatnonzero(np.isnan(functional(target, means, VARIANCES))).tolist() == [3, 5]
