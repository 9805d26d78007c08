"""What perfect calibration looks like, by simulation; conformal coverage; independent programs."""

from dataclasses import replace

import numpy as np
import pytest
import uncertainty_toolbox
from scipy.stats import beta, kstest, norm

from nbody_emulator.emulators.functionals import NORMAL_SCORES
from nbody_emulator.evaluation import null_bands
from nbody_emulator.evaluation.calibration import CURVE_LEVELS, quantities
from nbody_emulator.evaluation.conformal import conformal_quantiles
from nbody_emulator.evaluation.cross_fitting import calibration_parts
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.nulls import Independent
from nbody_emulator.evaluation.rows import Rows
from nbody_emulator.evaluation.treatments import TreatedDistribution, as_predicted
from nbody_emulator.streams import generator

SEED = 11
LEVELS = np.array([0.68, 0.90, 0.95])
SCORES = np.linspace(-4.0, 4.0, 9)


def treated(z, deviation=1.0) -> TreatedDistribution:
    count = len(z)
    rows = Rows(
        mean=np.zeros(count),
        standard_deviation=np.full(count, deviation),
        target=z * deviation,
        log_density=norm.logpdf(z) - np.log(deviation),
        pit=norm.cdf(z),
        normal_score=z,
        crps=np.full(count, np.nan),
        survival=np.ones(count),
        fold=np.zeros(count, dtype=int),
        group=np.arange(count).astype(str),
        role=np.full(count, "noise"),
        inputs=np.zeros((count, 0)),
        quantile=deviation * np.tile(SCORES, (count, 1)),
        fold_mean=np.full((count, 1), np.nan),
        quantile_scores=SCORES,
    )
    return as_predicted(rows, SEED)


def found(z, deviation=1.0):
    table = quantities(treated(z, deviation), LEVELS, [])
    return table[table["stratum"] == "all"].set_index("quantity")


def test_a_perfect_prediction_has_the_moments_and_mace_of_the_null():
    draws, count = 400, 200
    random = generator(SEED, "null")
    tables = [found(random.normal(size=count)) for _ in range(draws)]
    means = np.array([table.loc["z_mean", "value"] for table in tables])
    deviations = np.array([table.loc["z_standard_deviation", "value"] for table in tables])
    mace = np.array([table.loc["mace", "value"] for table in tables])
    # A scatter measured from 400 draws is known to 1 / sqrt(800) = 3.5 %: four of those, 14 %.
    assert means.std() == pytest.approx(1 / np.sqrt(count), rel=0.14)
    assert deviations.std() == pytest.approx(1 / np.sqrt(2 * count), rel=0.14)
    assert mace.std() == pytest.approx(
        tables[0].loc["mace_under_perfect_calibration", "standard_error"], rel=0.15
    )
    # The mean of 400 has an error of 0.44 / sqrt(400) = 2.2 % of itself, the grid of 100 levels another 1 %.
    expected = tables[0].loc["mace_under_perfect_calibration", "value"]
    assert mace.mean() == pytest.approx(expected, rel=0.10)
    # sqrt(2 / pi) pi / 8 = 0.3133 over a continuum of levels: a hundred of them, and 4000 draws, add 1 % each.
    assert expected == pytest.approx(0.3133 / np.sqrt(count), rel=0.04)
    # 5 % of 400 lie above the 95 % point: Binomial, four standard deviations of 4.4 around 20.
    assert 3 <= np.sum(mace > tables[0].loc["mace", "band_high"]) <= 37
    # Stated errors are the true scatter: the delta method is good to some per cent at n = 200.
    for quantity, values in (("z_mean", means), ("z_standard_deviation", deviations)):
        stated = np.sqrt(np.mean([table.loc[quantity, "standard_error"] ** 2 for table in tables]))
        assert stated == pytest.approx(values.std(), rel=0.15)


@pytest.mark.parametrize("quantity", ["reliability", "pit"])
def test_simultaneous_bands_hold_the_whole_curve_at_their_rate(quantity):
    draws, count = 1500, 150
    random = generator(SEED, "band", quantity)
    if quantity == "reliability":
        low, high = null_bands.reliability_band(Independent(count, SEED), CURVE_LEVELS)
        sample = random.random((draws, count))
        curves = np.stack([(sample <= level).mean(axis=1) for level in CURVE_LEVELS], axis=1)
    else:
        low, high = null_bands.pit_band(Independent(count, SEED), 10)
        cells = np.floor(10 * random.random((draws, count)))
        curves = np.stack([10 * (cells == cell).mean(axis=1) for cell in range(10)], axis=1)
    # Rounding in k / n must not push a curve that touches the band outside.
    inside = np.all((low - 1e-9 <= curves) & (curves <= high + 1e-9), axis=1).mean()
    # Errors: binomial of 1500 draws 0.56 %, of the band's own 4000 draws 0.35 %; four of their sum in squares
    # are 2.6 %. Whole counts let a band hold more than asked, up to one step of the histogram: 1.4 % more.
    assert 0.95 - 0.026 < inside < 0.95 + 0.04


@pytest.mark.parametrize(("factor", "caught"), [(0.6, True), (1.0, False), (1.6, True)])
def test_a_wrong_width_is_caught_and_a_right_one_is_not(factor, caught):
    z = generator(SEED, "width").normal(size=300) / factor
    table = found(z)
    deviation = table.loc["z_standard_deviation"]
    assert (not deviation["band_low"] < deviation["value"] < deviation["band_high"]) == caught
    curve = table.loc["reliability"]
    assert np.any((curve["value"] < curve["band_low"]) | (curve["value"] > curve["band_high"])) == caught
    assert (table.loc["mace", "value"] > table.loc["mace", "band_high"]) == caught
    # Widths in transformed units: twice the normal's quantile, however wrong.
    assert np.allclose(table.loc["interval_width", "value"], 2 * half_width(LEVELS), rtol=1e-12)


def test_pit_bars_are_densities_of_the_normal_distribution_function():
    z = generator(SEED, "pit").normal(size=500)
    bars = found(z).loc["pit"]
    by_hand = [10 * np.mean((norm.cdf(z) >= low) & (norm.cdf(z) < low + 0.1)) for low in np.arange(10) / 10]
    assert np.allclose(bars["value"], by_hand, atol=1e-12)
    assert bars["value"].mean() == pytest.approx(1.0, abs=1e-12)


def test_calibration_errors_agree_with_uncertainty_toolbox():
    random = generator(SEED, "toolbox")
    z, deviation = 1.3 * random.normal(size=150), 0.7
    table = found(z, deviation)
    zeros, widths = np.zeros(150), np.full(150, deviation)
    mace = uncertainty_toolbox.mean_absolute_calibration_error(
        zeros, widths, z * deviation, num_bins=len(null_bands.MACE_LEVELS), prop_type="interval"
    )
    # The same 100 levels; a row on the edge of an interval may be counted otherwise, by rounding.
    assert table.loc["mace", "value"] == pytest.approx(mace, abs=1 / 150 / 10)


def test_conformal_coverage_follows_its_beta_law():
    count, level, draws = 50, 0.9, 2000
    scores = np.abs(generator(SEED, "conformal").normal(size=(draws, count)))
    quantiles = np.array([conformal_quantiles(row, np.array([level]))[0] for row in scores])
    coverage = 2 * norm.cdf(quantiles) - 1
    left_out = int(np.floor((count + 1) * (1 - level) + 1e-9))
    # Exact law of the k-th order statistic; a Kolmogorov p below 1e-3 once in a thousand seeds.
    assert kstest(coverage, beta(count + 1 - left_out, left_out).cdf).pvalue > 1e-3
    # Marginal promise, on average over calibration sets: at least the level, at most 1 / (n + 1) more; the
    # mean of 2000 draws of sd 4.1 % has an error of 0.09 %, four of which are allowed.
    assert level - 0.004 < coverage.mean() < level + 1 / (count + 1) + 0.004


@pytest.mark.parametrize(("level", "needed"), [(0.90, 9), (0.95, 19), (0.99, 99)])
def test_conformal_intervals_are_infinite_where_no_finite_one_keeps_the_promise(level, needed):
    scores = np.arange(1.0, needed + 1)
    assert conformal_quantiles(scores, np.array([level]))[0] == needed
    assert np.isinf(conformal_quantiles(scores[:-1], np.array([level]))[0])


def test_conformal_ranks_do_not_suffer_from_rounding():
    per_cent = np.arange(1, 100)
    for count in range(1, 200):
        # ceil((n + 1) p / 100) in whole numbers; in floating point 100 * 0.07 is 7.000000000000001.
        ranks = -((count + 1) * -per_cent // 100)
        expected = np.where(ranks > count, np.inf, ranks)
        assert np.array_equal(conformal_quantiles(np.arange(1.0, count + 1), per_cent / 100), expected)


def test_parts_of_the_calibration_role_never_separate_a_group():
    groups = np.repeat([f"calibration/0/{point}" for point in range(37)], 3)
    parts = calibration_parts(groups, SEED).reshape(37, 3)
    assert np.all(parts == parts[:, :1])
    # Ten parts of 3 or 4 points each.
    assert set(np.bincount(parts[:, 0])) == {3, 4}


def test_between_the_quantiles_that_are_kept_lies_the_distribution():
    """Of Johnson's distributions as skew as those of the default experiment and wider, over six standard deviations."""
    wanted = np.linspace(-3.0, 3.0, 241)
    for skew, spread in ((-0.25, 0.65), (0.5, 0.65), (0.0, 0.3)):
        exact, kept = (np.sinh(spread * score - skew) for score in (wanted, np.array(NORMAL_SCORES)))
        deviation = np.sqrt(0.5 * np.expm1(spread**2) * (np.exp(spread**2) * np.cosh(2 * skew) + 1))
        rows = replace(
            treated(np.zeros(1)).rows, quantile=kept[None, :], quantile_scores=np.array(NORMAL_SCORES)
        )
        np.testing.assert_allclose(rows.value_at(wanted[None, :])[0], exact, atol=1e-4 * deviation)
    # Beyond them it goes on as a straight line, as a Gaussian does.
    gaussian = treated(np.zeros(1), 2.0).rows
    np.testing.assert_allclose(gaussian.value_at(np.array([[-9.0, 6.0]]))[0], [-18.0, 12.0], rtol=1e-12)
