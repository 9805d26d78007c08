"""Conformal intervals and recalibration against MAPIE, scikit-learn and the exact laws; planted shapes are mended."""

from dataclasses import replace

import numpy as np
import pytest
from gaussian_scores import SCORES, gaussian_rows
from mapie.regression import (
    ConformalizedQuantileRegressor,
    CrossConformalRegressor,
    SplitConformalRegressor,
)
from scipy.stats import betabinom, norm
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import PredefinedSplit

from nbody_emulator.calibration_points import CALIBRATION_PARTS, points_needed, scores_needed
from nbody_emulator.evaluation.conformal import conformal_quantiles, coverage_band
from nbody_emulator.evaluation.looks import added, counts
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.quantile_map import QuantileMap
from nbody_emulator.evaluation.rows import Rows
from nbody_emulator.evaluation.treatments import TREATMENTS
from nbody_emulator.streams import generator

SEED = 3
LEVELS = np.array([0.68, 0.90, 0.95])
SET = [name for name, treatment in TREATMENTS.items() if treatment.set_by == "calibration"]


def heteroscedastic(count: int, calibration: int, noise, random) -> Rows:
    x = random.random(count)
    deviation = 0.5 + x
    return gaussian_rows(
        np.sin(5 * x), deviation, np.sin(5 * x) + deviation * noise(random, count), calibration
    )


def normal(random, count):
    return random.normal(size=count)


def skew(random, count):
    """Mean 0 and variance 1, as a Gaussian believes, and a long tail to the right."""
    return random.exponential(size=count) - 1.0


class Column(RegressorMixin, BaseEstimator):
    """Predicts a column of its inputs: what was predicted elsewhere."""

    def __init__(self, place: int):
        self.place = place

    def fit(self, inputs, targets):
        self.n_features_in_ = inputs.shape[1]
        return self

    def predict(self, inputs):
        return inputs[:, self.place]


def of_mapie(name: str, rows: Rows, level: float):
    """Ends of the same intervals (n, 2), as MAPIE makes them from the calibration rows."""
    setting = rows.role == "calibration"
    half = half_width(level)
    inputs = np.stack(
        [rows.mean, *(rows.mean + sign * half * rows.standard_deviation for sign in (-1, 1))], 1
    )
    column = [Column(place).fit(inputs, rows.target) for place in range(3)]
    if name == "quantile_conformal":
        model = ConformalizedQuantileRegressor(
            [column[1], column[2], column[0]], confidence_level=level, prefit=True
        )
        model.conformalize(inputs[setting], rows.target[setting])
        return model.predict_interval(inputs, symmetric_correction=True)[1][:, :, 0]
    # Of what is divided by the predicted deviation the mean is too.
    scale = rows.standard_deviation if name == "normalized_conformal" else np.ones(len(rows))
    model = SplitConformalRegressor(column[0], confidence_level=level, prefit=True)
    model.conformalize(inputs[setting] / scale[setting, None], (rows.target / scale)[setting])
    return model.predict_interval(inputs / scale[:, None])[1][:, :, 0] * scale[:, None]


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", ["split_conformal", "normalized_conformal", "quantile_conformal"])
def test_intervals_are_those_of_mapie(name):
    rows = heteroscedastic(200, 137, skew, generator(SEED, "mapie"))
    treated = TREATMENTS[name].treat(rows, SEED)
    judged = rows.role == "noise"
    for place, level in enumerate(LEVELS):
        ends = of_mapie(name, rows, level)
        # The cubic through the quantiles of a Gaussian is exact but for rounding.
        np.testing.assert_allclose(treated.widths(LEVELS)[judged, place], np.diff(ends)[judged, 0], rtol=1e-9)
        inside = (ends[:, 0] <= rows.target) & (rows.target <= ends[:, 1])
        assert np.array_equal(treated.covered(LEVELS)[judged, place], inside[judged])


class Cut(RegressorMixin, BaseEstimator):
    """Polynomials of a degree, which cross-validation fits anew."""

    def fit(self, inputs, targets):
        self.coefficients_ = np.polyfit(inputs[:, 0], targets, 3)
        self.n_features_in_ = 1
        return self

    def predict(self, inputs):
        return np.polyval(self.coefficients_, inputs[:, 0])


def cross_validated_rows(training: int, judged: int, random) -> tuple[Rows, np.ndarray, list[np.ndarray]]:
    """Training rows out of fold, and behind them judged ones, of cubic polynomials; x, and the rows of each fold."""
    count, folds = training + judged, 5
    x = random.random(count)
    target = np.sin(5 * x) + 0.3 * skew(random, count)
    fold = np.concatenate([np.arange(training) % folds, np.full(judged, -1)])
    without = [np.flatnonzero((fold != number) & (fold >= 0)) for number in range(folds)]
    means = np.stack([Cut().fit(x[rows, None], target[rows]).predict(x[:, None]) for rows in without], 1)
    own = np.where(fold < 0, np.nan, means[np.arange(count), fold])
    rows = gaussian_rows(own, np.ones(count), target, 0)
    role = np.where(fold < 0, "noise", "training")
    rows = replace(rows, fold=fold, role=role, fold_mean=np.where(fold[:, None] < 0, means, np.nan))
    return rows, x, [np.flatnonzero(fold == number) for number in range(folds)]


def test_intervals_of_cross_validation_are_those_of_mapie():
    rows, x, held_out = cross_validated_rows(103, 60, generator(SEED, "mapie plus"))
    is_training = rows.role == "training"
    folds = PredefinedSplit(rows.fold[is_training])
    model = CrossConformalRegressor(Cut(), confidence_level=LEVELS, method="plus", cv=folds)
    model.fit_conformalize(x[is_training, None], rows.target[is_training])
    ends = model.predict_interval(x[~is_training, None])[1]
    treated = TREATMENTS["cv_plus"].treat(rows, SEED)
    assert len(held_out) == 5 and len(treated.rows) == 60
    np.testing.assert_allclose(treated.widths(LEVELS), ends[:, 1] - ends[:, 0], rtol=1e-9)
    target = rows.target[~is_training, None]
    assert np.array_equal(treated.covered(LEVELS), (ends[:, 0] <= target) & (target <= ends[:, 1]))


def test_intervals_of_cross_validation_hold_what_bands_say_and_grow_monotonically():
    outside, looks, levels = 0, 0, np.linspace(0.02, 0.98, 49)
    for repeat in range(150):
        rows, *_ = cross_validated_rows(80, 60, generator(SEED, "plus", repeat))
        treated = TREATMENTS["cv_plus"].treat(rows, SEED)
        count = counts(treated, LEVELS, np.ones(60, dtype=bool))["central"]
        outside, looks = outside + count.outside, looks + count.looks
        assert np.all(np.diff(treated.covered(levels).astype(int), axis=1) >= 0)
        below, above = treated.sides(levels)
        assert not np.any(below & above)
    # Bands keep 95 % or a little more of what stable fits give; four binomial errors, three looks of a kind.
    assert outside / looks <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 150)


def test_of_a_gaussian_normalized_and_distributional_are_one():
    rows = heteroscedastic(300, 200, skew, generator(SEED, "one"))
    one, other = (
        TREATMENTS[f"{name}_conformal"].treat(rows, SEED) for name in ("normalized", "distributional")
    )
    assert np.array_equal(one.covered(LEVELS), other.covered(LEVELS))
    np.testing.assert_allclose(one.widths(LEVELS), other.widths(LEVELS), rtol=1e-9)


@pytest.mark.parametrize("name", SET)
def test_a_target_is_inside_or_on_one_side(name):
    rows = heteroscedastic(300, 200, skew, generator(SEED, "sides"))
    # Intervals that are far too wide: those of quantiles are moved inwards.
    for one in (
        rows,
        replace(rows, quantile=rows.mean[:, None] + 20 * rows.standard_deviation[:, None] * SCORES),
    ):
        treated = TREATMENTS[name].treat(one, SEED)
        below, above = treated.sides(LEVELS)
        assert not np.any(below & above)
        assert np.array_equal(treated.covered(LEVELS), ~(below | above))
        assert np.all(treated.widths(LEVELS) >= 0)


def test_shares_held_follow_the_beta_binomial_law():
    calibration, judged, draws = 40, 30, 4000
    random = generator(SEED, "beta-binomial")
    setting, new = random.normal(size=(draws, calibration)), random.normal(size=(draws, judged))
    reach = conformal_quantiles(np.abs(setting), LEVELS)
    held = np.sum(np.abs(new)[:, :, None] <= reach[:, None, :], axis=1)
    for place, level in enumerate(LEVELS):
        low, high = coverage_band(calibration, judged, level, 0.95)
        outside = np.mean((held[:, place] < low * judged - 1e-9) | (held[:, place] > high * judged + 1e-9))
        rank = int(np.ceil((calibration + 1) * level - 1e-9))
        law = betabinom(judged, rank, calibration + 1 - rank)
        exact = law.cdf(low * judged - 0.5) + law.sf(high * judged + 0.5)
        # The rate is what the law says, within four binomial errors of 4000 draws, and at most one in twenty.
        assert outside == pytest.approx(exact, abs=0.014) and exact <= 0.05
    assert coverage_band(18, judged, 0.95, 0.95) == (1.0, 1.0)


@pytest.mark.parametrize("level", [0.5, 0.68, 0.9, 0.95, 0.99, 0.999])
def test_points_needed_are_the_fewest_that_leave_finite_intervals(level):
    def left(points):
        return points - int(np.ceil(points / CALIBRATION_PARTS))

    for enough, count in ((True, points_needed(level)), (False, points_needed(level) - 1)):
        assert (
            np.isfinite(conformal_quantiles(np.arange(1.0, left(count) + 1), np.array([level]))[0]) == enough
        )
    assert left(points_needed(level)) == scores_needed(level)


def test_the_map_is_isotonic_regression_where_there_are_scores():
    scores = skew(generator(SEED, "isotonic"), 60)
    ranks = (np.argsort(np.argsort(scores)) + 1) / 61
    regression = IsotonicRegression().fit(norm.cdf(scores), ranks)
    mapped = norm.cdf(QuantileMap.set_by(scores)(scores))
    np.testing.assert_allclose(mapped, regression.predict(norm.cdf(scores)), rtol=1e-12)


def test_the_map_rises_everywhere_stays_finite_and_forgets_shifts_and_widths():
    random = generator(SEED, "map")
    scores, at = skew(random, 60), np.linspace(-30.0, 30.0, 2001)
    one = QuantileMap.set_by(scores)
    assert np.all(np.isfinite(one(at))) and np.all(np.diff(one(at)) > 0)
    np.testing.assert_allclose(one.inverse(one(at)), at, atol=1e-9)
    # A prediction shifted and too narrow, tails included: what comes out is the same but for rounding.
    other = QuantileMap.set_by(3.0 * scores + 2.0)
    np.testing.assert_allclose(other(3.0 * at + 2.0), one(at), rtol=1e-9, atol=1e-9)
    # Many maps at once are each their own.
    many = QuantileMap.set_by(np.stack([scores, scores**3]))
    np.testing.assert_array_equal(many(np.stack([at, at])), [one(at), QuantileMap.set_by(scores**3)(at)])


@pytest.mark.parametrize("few", [[], [0.3]])
def test_fewer_than_two_scores_leave_infinite_intervals(few):
    quantile_map = QuantileMap.set_by(np.array(few))
    assert np.array_equal(quantile_map(np.array([-9.0, 9.0])), [0.0, 0.0])
    assert np.array_equal(quantile_map.inverse(np.array([-1.0, 1.0])), [-np.inf, np.inf])


def test_a_planted_skew_is_seen_raw_and_mended_on_both_sides():
    rows = heteroscedastic(600, 400, skew, generator(SEED, "planted skew"))
    found = {
        name: counts(TREATMENTS[name].treat(rows, SEED), LEVELS, np.ones(len(rows), dtype=bool))
        for name in ["raw", *SET]
    }
    assert found["raw"]["central"].outside > found["raw"]["central"].at_most
    assert found["raw"]["one_sided"].outside > found["raw"]["one_sided"].at_most
    for name in SET:
        assert found[name]["central"].outside <= found[name]["central"].at_most, name
    assert found["recalibrated"]["one_sided"].outside <= found["recalibrated"]["one_sided"].at_most
    # Intervals of one width on both sides hold what they promise and still do not know which side is long.
    assert found["split_conformal"]["one_sided"].outside > found["split_conformal"]["one_sided"].at_most


def test_a_planted_width_is_mended_where_intervals_follow_it_and_only_on_average_where_they_do_not():
    rows = heteroscedastic(600, 400, normal, generator(SEED, "width"))
    wide = rows.standard_deviation > 1.2
    for name, follows in (("split_conformal", False), ("normalized_conformal", True)):
        treated = TREATMENTS[name].treat(rows, SEED)
        everywhere = counts(treated, LEVELS, np.ones(len(rows), dtype=bool))["central"]
        there = counts(treated, LEVELS, wide)["central"]
        assert everywhere.outside <= everywhere.at_most
        assert (there.outside <= there.at_most) == follows


def test_counts_add_up():
    rows = heteroscedastic(300, 200, normal, generator(SEED, "sum"))
    one = counts(TREATMENTS["raw"].treat(rows, SEED), LEVELS, np.ones(300, dtype=bool))
    assert (one["central"].looks, one["one_sided"].looks) == (len(LEVELS), 2 * len(LEVELS))
    twice = added([one["central"], one["central"]])
    assert twice.looks == 2 * len(LEVELS) and twice.expected == 2 * one["central"].expected
