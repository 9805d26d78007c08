"""The parts of the joint log score against algebra and against Gaussians whose parts are known in closed form."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from nbody_emulator.evaluation.bias_variance import decompose_together
from nbody_emulator.evaluation.log_score_parts import LOG_SCORE, JointFits, decompose_log_score
from nbody_emulator.streams import generator

FITS, POINTS, REPLICATES, OUTPUTS = 8, 400, 5, 2
NOISE = np.array([[0.5, 0.2], [0.2, 0.3]])
SCATTER = np.array([[0.06, -0.01], [-0.01, 0.02]])
"""Covariance of the fits' means over training sets."""
BIAS = np.array([0.4, -0.3])
GROUPS = np.repeat(np.arange(POINTS), REPLICATES)


def gaussian(random, covariance, count):
    return random.normal(size=(*count, OUTPUTS)) @ np.linalg.cholesky(covariance).T


def runs_and_means(random, bias=BIAS):
    """Runs (n, q) about a random response, and the means of fits (B, n, q) that miss it by `bias` and scatter."""
    response = random.normal(size=(POINTS, OUTPUTS))
    means = response + bias + gaussian(random, SCATTER, (FITS, POINTS))
    return response[GROUPS] + gaussian(random, NOISE, (POINTS * REPLICATES,)), means[:, GROUPS]


def gaussian_fits(targets, means, covariance):
    """Fits of this covariance (q, q) about these means."""
    log_density = multivariate_normal(np.zeros(OUTPUTS), covariance).logpdf(targets - means)
    return JointFits(log_density, means, np.broadcast_to(covariance, (*means.shape, OUTPUTS)))


def closed_form(width):
    """The parts of Gaussian fits whose covariance is `width` times that of the noise."""
    inverse = np.linalg.inv(NOISE) / width
    return {
        "log_floor": 0.5 * np.linalg.slogdet(2 * np.pi * np.e * NOISE)[1],
        "log_bias": 0.5 * BIAS @ inverse @ BIAS,
        "log_variance": 0.5 * np.trace(inverse @ SCATTER),
        "log_width": 0.5 * OUTPUTS * (np.log(width) + 1 / width - 1),
        "log_shape": 0.0,
    }


def within_three_errors(found, expected):
    """One fixed draw, and the estimator's own errors; a hair for parts that are zero exactly."""
    return {
        part: (found.values[part], value)
        for part, value in expected.items()
        if abs(found.values[part] - value) > 3 * found.standard_errors[part] + 1e-12
    }


@pytest.mark.parametrize("width", [0.5, 1.0, 2.0])
def test_each_part_agrees_with_its_closed_form(width):
    random = generator(1, "gaussian", str(width))
    targets, means = runs_and_means(random)
    found = decompose_log_score(gaussian_fits(targets, means, width * NOISE), targets, GROUPS, random)
    assert not within_three_errors(found, closed_form(width))


def test_a_wrong_shape_costs_what_it_costs():
    # Independent Laplace densities of the noise's variances, for Gaussian runs: E|x| of a Gaussian is known.
    random = generator(2, "laplace")
    noise = np.diag([0.5, 0.3])
    targets = gaussian(random, noise, (POINTS * REPLICATES,))
    means = np.zeros((FITS, *targets.shape))
    scale = np.sqrt(np.diag(noise) / 2)
    density = -np.sum(np.log(2 * scale) + np.abs(targets - means) / scale, axis=-1)
    fits = JointFits(density, means, np.broadcast_to(noise, (*means.shape, OUTPUTS)))
    found = decompose_log_score(fits, targets, GROUPS, random)
    laplace = np.sum(np.log(2 * scale) + np.sqrt(2 / np.pi * np.diag(noise)) / scale)
    shape = laplace - 0.5 * np.linalg.slogdet(2 * np.pi * np.e * noise)[1]
    assert shape > 0.05
    expected = {"log_bias": 0.0, "log_variance": 0.0, "log_width": 0.0, "log_shape": shape}
    assert not within_three_errors(found, expected)


def wild(random, fits):
    """Fits of any widths, correlations and densities, to runs with heavy tails and unequal replicates."""
    groups = np.repeat(np.arange(30), random.integers(2, 7, size=30))
    root = random.normal(size=(fits, 30, OUTPUTS, OUTPUTS)) + 2 * np.eye(OUTPUTS)
    means = random.normal(size=(fits, 30, OUTPUTS))
    density = random.normal(size=(fits, len(groups)))
    targets = random.standard_t(2, size=(len(groups), OUTPUTS))
    return JointFits(density, means[:, groups], (root @ root.swapaxes(2, 3))[:, groups]), targets, groups


@pytest.mark.parametrize("fits", [2, 3, 9])
def test_the_parts_close_exactly_whatever_the_fits_are(fits):
    random = generator(3, "closing", fits)
    given, targets, groups = wild(random, fits)
    found = decompose_log_score(given, targets, groups, random)
    # Algebra: only the rounding of a few thousand numbers and of small linear systems remains.
    assert abs(found.closing_error) < 1e-12
    by_point = [-given.log_density[:, groups == point].mean() for point in range(30)]
    assert found.values["log_score"] == pytest.approx(np.mean(by_point), rel=1e-12)
    # Jensen: the geometric mean of densities integrates to at most 1, whatever they are.
    assert found.values["log_variance"] > 0


def test_bias_and_variance_are_unbiased_in_fits_and_replicates_where_widths_are_equal():
    found = []
    for draw in range(30):
        random = generator(4, "unbiased", draw)
        targets, means = runs_and_means(random)
        few = gaussian_fits(targets, means[:3], NOISE)
        found.append(decompose_log_score(few, targets, GROUPS, random).values)
    # The determinant of the noise's covariance, of so many replicates beyond the first, is low by this.
    low = OUTPUTS * (OUTPUTS + 1) / (4 * POINTS * (REPLICATES - 1))
    shifts = {"log_bias": 0.0, "log_variance": 0.0, "log_width": low, "log_floor": -low}
    for part, shift in shifts.items():
        values = np.array([each[part] for each in found])
        error = values.std(ddof=1) / np.sqrt(len(values))
        # Four standard errors; without the factor of B / (B - 1) the variance would be a third too small.
        assert abs(values.mean() - closed_form(1.0)[part] - shift) < 4 * error, part


def test_fits_that_disagree_in_width_show_no_bias_where_there_is_none():
    # Their middle follows the surest of them; what it scatters by is taken from the bias, and no more.
    random = generator(9, "widths")
    targets, means = runs_and_means(random, bias=0.0)
    widths = np.exp(random.normal(size=(FITS, POINTS)))[:, GROUPS]
    inverse = np.linalg.inv(NOISE)
    square = np.einsum("bnp,pq,bnq->bn", targets - means, inverse, targets - means) / widths
    log_det = np.linalg.slogdet(2 * np.pi * NOISE)[1] + OUTPUTS * np.log(widths)
    fits = JointFits(-0.5 * (square + log_det), means, widths[..., None, None] * NOISE)
    found = decompose_log_score(fits, targets, GROUPS, random)
    variance = 0.5 * np.trace(inverse @ SCATTER) * np.exp(0.5)  # E 1/width of a log-normal
    variance += 0.5 * OUTPUTS * 0.5  # log E 1/width - E log 1/width
    expected = {"log_bias": 0.0, "log_variance": variance, "log_shape": 0.0}
    # First order leaves a few per cent of what the widths add: it is told as such.
    missed = {part: found.values[part] - value for part, value in expected.items()}
    assert all(abs(miss) < 0.15 * variance for miss in missed.values()), missed
    assert abs(missed["log_bias"]) < 3 * found.standard_errors["log_bias"]


def test_other_units_move_the_floor_and_the_score_alone():
    random = generator(5, "units")
    given, targets, groups = wild(random, 4)
    units = np.array([7.0, 0.01])
    other = JointFits(
        given.log_density - np.log(units).sum(),
        given.mean * units,
        given.covariance * units[:, None] * units,
    )
    here = decompose_log_score(given, targets, groups, generator(5, "same"))
    there = decompose_log_score(other, targets * units, groups, generator(5, "same"))
    moved = {name: there.values[name] - here.values[name] for name in LOG_SCORE.names}
    expected = dict.fromkeys(LOG_SCORE.names, 0.0) | dict.fromkeys(
        ("log_floor", "log_score"), np.log(units).sum()
    )
    # Rounding of the linear systems, whose condition the units change.
    assert moved == pytest.approx(expected, abs=1e-9)


def test_half_the_mahalanobis_error_is_what_gaussians_of_independent_outputs_lose():
    # With the noise's own variances, bias and variance of the log score are half those of the squared error.
    random = generator(6, "halves")
    targets, means = runs_and_means(random)
    error = decompose_together(means, targets, GROUPS, random)
    scatter = targets.reshape(POINTS, REPLICATES, OUTPUTS).var(axis=1, ddof=1).mean(axis=0)
    score = decompose_log_score(gaussian_fits(targets, means, np.diag(scatter)), targets, GROUPS, random)
    for part in ("variance", "bias_squared"):
        name = f"log_{part.removesuffix('_squared')}"
        assert score.values[name] == pytest.approx(0.5 * OUTPUTS * error.values[part], rel=1e-9)
    assert abs(error.closing_error) < 1e-12 and error.values["noise"] == pytest.approx(1.0, rel=1e-12)


def test_runs_without_all_outputs_are_left_out_and_counted():
    random = generator(7, "missing")
    given, targets, groups = wild(random, 4)
    targets[groups == 0, 1] = np.nan
    targets[np.flatnonzero(groups == 1)[1:], 0] = np.nan
    found = decompose_log_score(given, targets, groups, random)
    assert (found.fits, found.points) == (4, 28)


def test_what_cannot_be_told_apart_is_not():
    random = generator(8, "too few")
    given, targets, groups = wild(random, 1)
    assert np.isnan(list(decompose_log_score(given, targets, groups, random).values.values())).all()
    given, targets, groups = wild(random, 3)
    targets[:, 1] = 2 * targets[:, 0]
    assert np.isnan(list(decompose_log_score(given, targets, groups, random).values.values())).all()
