"""The three-term estimator against algebra and against a smoother whose terms are known in closed form."""

import numpy as np
import pytest

from nbody_emulator.evaluation.bias_variance import SQUARED_ERROR, decompose
from nbody_emulator.streams import generator

NOISE = 0.4
FITS, POINTS, REPLICATES = 20, 60, 4


def response(x):
    return np.sin(3 * x)


def smoother(degree, training, points, penalty):
    """Weights (J, n) with which a ridge of polynomials predicts at `points` from targets at `training`."""
    basis, at = np.vander(training, degree + 1), np.vander(points, degree + 1)
    return at @ np.linalg.solve(basis.T @ basis + penalty * np.eye(degree + 1), basis.T)


def experiment(weights, training, points, random):
    """Decompose FITS fits to fresh noise on one design, judged at noisy replicates of `points`."""
    targets = response(training) + NOISE * random.normal(size=(FITS, len(training)))
    groups = np.repeat(np.arange(POINTS), REPLICATES)
    judged = response(points)[groups] + NOISE * random.normal(size=groups.size)
    return decompose((targets @ weights.T)[:, groups], judged, groups, random)


def closed_form(weights, training, points):
    return {
        "bias_squared": np.mean((weights @ response(training) - response(points)) ** 2),
        "variance": NOISE**2 * np.mean(np.sum(weights**2, axis=1)),
        "noise": NOISE**2,
    }


@pytest.mark.parametrize("fits", [2, 3, 11])
def test_terms_close_exactly_for_unequal_replicates(fits):
    random = generator(1, "closing", fits)
    groups = np.repeat(np.arange(30), random.integers(2, 7, size=30))
    predictions = random.normal(size=(fits, 30))[:, groups] + 5.0
    targets = random.standard_cauchy(size=groups.size)
    found = decompose(predictions, targets, groups, random)
    # Algebra: only rounding remains, some 1e-16 of the largest term for a few hundred additions.
    assert abs(found.closing_error) < 1e-13 * found.values["error"]
    # Points weigh equally, whatever their replicates: the error computed the plain way.
    by_point = [np.mean((targets[groups == j] - predictions[:, groups == j]) ** 2) for j in range(30)]
    assert found.values["error"] == pytest.approx(np.mean(by_point), rel=1e-12)


@pytest.mark.parametrize("degree", [1, 3, 6])
def test_each_term_agrees_with_its_closed_form(degree):
    random = generator(2, "ridge", degree)
    training, points = np.linspace(-1, 1, 30), np.linspace(-0.95, 0.95, POINTS)
    weights = smoother(degree, training, points, 0.1)
    expected = closed_form(weights, training, points)
    found = experiment(weights, training, points, random)
    for term, value in expected.items():
        # Three standard errors, the estimator's own: one fixed draw, so that chance is not met twice.
        assert abs(found.values[term] - value) < 3 * found.standard_errors[term], term


def test_terms_are_unbiased_and_their_errors_honest():
    random = generator(3, "ridge", "many")
    training, points = np.linspace(-1, 1, 30), np.linspace(-0.95, 0.95, POINTS)
    weights = smoother(3, training, points, 0.1)
    expected = closed_form(weights, training, points)
    found = [experiment(weights, training, points, random) for _ in range(200)]
    for term, value in expected.items():
        estimates = np.array([each.values[term] for each in found])
        errors = np.array([each.standard_errors[term] for each in found])
        scatter = estimates.std(ddof=1)
        # Unbiased: the mean of 200 lies within four of its own standard errors.
        assert abs(estimates.mean() - value) < 4 * scatter / np.sqrt(200), term
        # Never too small by more than chance (10 %); too large by at most sqrt 2, for bootstrap and jackknife
        # are added in squares, which counts what they have in common twice.
        assert 0.9 < np.sqrt(np.mean(errors**2)) / scatter < 1.45, term


def test_a_perfect_fit_has_negative_bias_squared_half_the_time():
    random = generator(4, "perfect")
    groups = np.repeat(np.arange(POINTS), REPLICATES)
    signs = []
    for _ in range(100):
        fits = random.normal(size=(5, POINTS))[:, groups]
        found = decompose(fits, random.normal(size=groups.size), groups, random)
        signs.append(found.values["bias_squared"] < 0)
    # Binomial(100, 1/2): outside 30..70 with probability 3e-5. Clipping would give 0.
    assert 30 < sum(signs) < 70


def test_single_runs_and_missing_outputs_are_left_out_and_counted():
    random = generator(5, "missing")
    groups = np.repeat(np.arange(10), 3)
    targets = random.normal(size=30)
    fits = random.normal(size=(4, 10))[:, groups]
    targets[:2] = np.nan  # point 0 keeps one run
    targets[3] = np.nan  # point 1 keeps two
    found = decompose(fits, targets, groups, generator(5, "same"))
    kept = np.arange(30) >= 4
    again = decompose(fits[:, kept], targets[kept], groups[kept], generator(5, "same"))
    assert (found.points, found.fits) == (9, 4)
    assert all(found.values[term] == again.values[term] for term in SQUARED_ERROR.names)


def test_two_fits_show_no_error_of_what_they_decide():
    groups = np.repeat(np.arange(10), 3)
    random = generator(6, "two")
    found = decompose(random.normal(size=(2, 10))[:, groups], random.normal(size=30), groups, random)
    assert np.isnan(found.standard_errors["variance"])
    assert np.isfinite(found.standard_errors["noise"])
