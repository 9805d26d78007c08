"""Scores against independent programs and golden numbers; their errors against formulas and simulation."""

import numpy as np
import pytest
from gaussian_scores import gaussian_prediction
from scipy.stats import binom, norm

from nbody_emulator.evaluation import losses
from nbody_emulator.evaluation.pooled_noise import PooledNoise
from nbody_emulator.evaluation.rows import Rows, out_of_fold_mean
from nbody_emulator.evaluation.scores import estimates
from nbody_emulator.evaluation.standard_errors import nadeau_bengio, over_folds, over_groups, wilson_interval
from nbody_emulator.streams import generator

NO_NOISE = PooledNoise(0.0, 0.0, 0)
LEVELS = [0.68, 0.90, 0.95]


def rows(target, mean, deviation, folds=8) -> Rows:
    count = len(target)
    mean, deviation = (np.broadcast_to(each, count)[:, None] for each in (mean, deviation))
    said = gaussian_prediction(mean, deviation**2, ["it"]).transformed_functionals(target[:, None])
    return Rows(
        mean=mean[:, 0],
        standard_deviation=deviation[:, 0],
        target=target,
        **{name: getattr(said, name)[:, 0] for name in ("log_density", "pit", "normal_score", "crps")},
        fold=np.arange(count) % folds,
        group=np.arange(count).astype(str),
        role=np.full(count, "training"),
        inputs=np.zeros((count, 1)),
        survival=np.ones(count),
        quantile=np.zeros((count, 0)),
        fold_mean=np.zeros((count, 0)),
        quantile_scores=np.zeros(0),
    )


def test_a_scaled_likelihood_is_that_of_scaled_numbers():
    target, mean, deviation, spread = 2.0, 1.3, 0.7, 5.0
    scaled = norm.logpdf(target / spread, mean / spread, deviation / spread)
    found = losses.negative_log_likelihood(norm.logpdf(target, mean, deviation), spread)
    # The same closed form reached another way: rounding only.
    assert found == pytest.approx(-scaled, rel=1e-12)


@pytest.mark.parametrize("level", LEVELS)
def test_coverage_of_a_known_gaussian_lies_in_its_binomial_band(level):
    count = 4000
    target = generator(2, "coverage").normal(2.0, 3.0, size=count)
    found = estimates(rows(target, 2.0, 3.0), np.zeros(count), 1.0, NO_NOISE, [level])
    hits = found[losses.coverage_name(level)].value * count
    # 99.9 % band of Binomial(4000, level); one fixed draw.
    assert binom.ppf(0.0005, count, level) <= hits <= binom.ppf(0.9995, count, level)


def test_the_training_mean_explains_exactly_nothing():
    target = generator(3, "mean").normal(size=80)
    blank = rows(target, 0.0, 1.0)
    reference = out_of_fold_mean(blank)
    by_hand = [target[blank.fold != fold].mean() for fold in blank.fold]
    assert np.allclose(reference, by_hand, rtol=1e-12)
    found = estimates(rows(target, reference, 1.0), reference, 1.0, NO_NOISE, LEVELS)
    # 1 - x / x.
    assert found["r2"].value == pytest.approx(0.0, abs=1e-15)


def test_explainable_r2_of_the_true_mean_is_one_within_its_error():
    random = generator(4, "explainable")
    response = random.normal(size=2000)
    target = response + random.normal(size=2000)
    noise = PooledNoise(1.0, 0.05, 800)
    scored = rows(target, response, 1.0)
    found = estimates(scored, np.zeros(2000), 1.0, noise, LEVELS)
    estimate = found["explainable_r2"]
    error = np.hypot(over_folds(estimate.influence, scored.fold), np.sqrt(estimate.other_variance))
    # Three standard errors of one fixed draw; plain r2 is near 1/2, twenty errors away.
    assert abs(estimate.value - 1) < 3 * error
    assert abs(found["r2"].value - 1) > 0.4


def test_the_true_mean_stands_on_the_noise_floor_and_an_error_lies_above_it():
    random = generator(8, "floor")
    response, noise = random.normal(size=4000), random.normal(size=4000)
    floor = PooledNoise(1.0, 0.02, 3000)
    for offset in (0.0, 1.0):
        scored = rows(response + noise, response + offset, 1.0)
        estimate = estimates(scored, np.zeros(4000), 1.0, floor, LEVELS)["rmse_over_noise_floor"]
        error = np.hypot(over_folds(estimate.influence, scored.fold), np.sqrt(estimate.other_variance))
        # MSE is 1 + offset^2 in units of the noise; three standard errors of one fixed draw.
        assert abs(estimate.value - np.sqrt(1 + offset**2)) < 3 * error < 0.1


def test_without_known_noise_there_is_no_floor():
    scored = rows(np.arange(10.0), 0.0, 1.0)
    for unknown in (NO_NOISE, PooledNoise(0.1, 0.06, 3), PooledNoise(np.nan, np.nan, 0)):
        found = estimates(scored, np.zeros(10), 1.0, unknown, LEVELS)["rmse_over_noise_floor"]
        assert np.isnan(found.value)


@pytest.mark.parametrize("metric", ["rmse", "r2", "explainable_r2", "rmse_over_noise_floor"])
def test_influence_is_the_derivative(metric):
    random = generator(5, "influence")
    target, mean = random.normal(size=50), random.normal(size=50)
    reference, noise = np.full(50, 0.1), PooledNoise(0.2, 0.0, 0)
    whole = estimates(rows(target, mean, 1.0), reference, 1.0, noise, LEVELS)[metric]
    for row in range(5):
        # Dropping row i of n moves the score by (mean influence - influence_i) / (n - 1), up to order 1/n^2.
        kept = np.arange(50) != row
        less = estimates(rows(target[kept], mean[kept], 1.0), reference[kept], 1.0, noise, LEVELS)[metric]
        moved = (whole.influence.mean() - whole.influence[row]) / 49
        assert less.value - whole.value == pytest.approx(moved, rel=0.25, abs=2e-3)


@pytest.mark.parametrize("metric", ["explainable_r2", "rmse_over_noise_floor"])
def test_noise_error_is_carried_along(metric):
    random = generator(6, "carried")
    target, mean = random.normal(size=100), 0.5 * random.normal(size=100)
    scored, step = rows(target, mean, 1.0), 1e-6
    values = [
        estimates(scored, np.zeros(100), 1.0, PooledNoise(variance, 0.05, 9), LEVELS)[metric]
        for variance in (0.2, 0.2 + step)
    ]
    slope = (values[1].value - values[0].value) / step
    # A one-sided difference: its error is of the order of the step.
    assert np.sqrt(values[0].other_variance) == pytest.approx(abs(slope) * 0.05, rel=1e-4)


def test_nadeau_bengio_has_the_values_of_its_formula():
    hundred = np.tile([1.0, -1.0], 50)
    five = np.array([2.0, 0.0, 1.0, -1.0, 3.0])
    # K = 5: sqrt(1/5 + 1/4) = 0.6708 S; ten times tenfold: sqrt(1/100 + 1/9) = 0.3480 S. Four digits written.
    assert nadeau_bengio(five, 1 / 4) == pytest.approx(0.6708 * five.std(ddof=1), rel=1e-4)
    assert nadeau_bengio(hundred, 1 / 9) == pytest.approx(0.3480 * hundred.std(ddof=1), rel=2e-4)
    assert over_folds(np.repeat(five, 7), np.repeat(np.arange(5), 7)) == nadeau_bengio(five, 1 / 4)
    assert np.isnan(nadeau_bengio(np.array([1.0]), 1.0))
    assert np.isnan(nadeau_bengio(np.array([1.0, np.inf, 2.0]), 1.0))


def test_group_errors_see_that_replicates_are_not_independent():
    random = generator(7, "groups")
    alone = random.normal(size=40)
    # Rounding apart, the plain standard error when every row is a point of its own.
    assert over_groups(alone, np.arange(40)) == pytest.approx(alone.std(ddof=1) / np.sqrt(40), rel=1e-12)
    # Copies of a row are no new information: the error stays what it was.
    assert over_groups(np.repeat(alone, 5), np.repeat(np.arange(40), 5)) == pytest.approx(
        over_groups(alone, np.arange(40)), rel=1e-12
    )


def test_wilson_interval_has_its_published_value_and_stays_inside():
    # Closed form by hand: z^2 / (n + z^2) for no success in ten trials.
    square = 1.959963984540054**2
    assert wilson_interval(0, 10)[1] == pytest.approx(square / (10 + square), rel=1e-12)
    # Symmetric; rounding.
    assert wilson_interval(10, 10)[0] == pytest.approx(10 / (10 + square), rel=1e-12)
    assert wilson_interval(10, 10)[1] <= 1.0
    assert wilson_interval(0, 10)[0] == 0.0
