"""Odds by evidences that are known in closed form are found to be calibrated, and wrong ones are found to be wrong."""

import numpy as np
import odds_samples
import pytest
import xarray as xr
from gaussian_scores import PROTOCOL_OF_THE_MEAN
from scipy.stats import binomtest, kstest

from nbody_emulator.evaluation.odds import make
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.stated_odds import StatedOdds, stated_odds

ONE_IN_A_THOUSAND = 1e-3
"""P-values below which a fixed seed would be called unlucky."""
TESTS = (("excess_right_p", "all"), ("excess_log_score_p", "all"), ("excess_share_p", "plummer"))


def table(**how):
    return make(Sources(evidences=(odds_samples.evidences(**how),)), PROTOCOL_OF_THE_MEAN)


def number(found, quantity, truth="all", model="all", column="value"):
    rows = found[(found["quantity"] == quantity) & (found["truth"] == truth) & (found["model"] == model)]
    assert len(rows) == 1
    return float(rows[column].iloc[0])


@pytest.mark.parametrize("models", [2, 3, 6])
def test_odds_of_the_right_evidences_are_calibrated(models):
    found = table(models=models)
    for name in ("excess_right", "excess_log_score"):
        assert number(found, f"{name}_p") > ONE_IN_A_THOUSAND
    # 3.3 standard errors are passed by one right seed in a thousand.
    assert abs(number(found, "exponent") - 1.0) < 3.3 * number(found, "exponent", column="standard_error")
    for name in odds_samples.MODELS[:models]:
        assert number(found, "excess_share_p", model=name) > ONE_IN_A_THOUSAND
    bins = found[found["quantity"] == "reliability"]
    inside = ((bins["band_low"] <= bins["value"]) & (bins["value"] <= bins["band_high"])).sum()
    assert binomtest(inside, len(bins), 0.95, "less").pvalue > ONE_IN_A_THOUSAND
    assert number(found, "right", column="band_low") <= number(found, "right")
    assert number(found, "right") <= number(found, "right", column="band_high")


def test_the_tests_of_calibration_are_uniform_where_it_holds():
    """Runs of several models share design points, and of each model there are as many: neither may spoil them."""
    found = [table(points=60, seed=seed) for seed in range(100)]
    for name, model in TESTS:
        values = [number(each, name, model=model) for each in found]
        assert kstest(values, "uniform").pvalue > ONE_IN_A_THOUSAND


def test_the_error_of_the_exponent_is_its_scatter():
    """Far from 1, where the likelihood of it is another one."""
    found = [table(points=60, told=2.0, seed=seed) for seed in range(100)]
    scatter = np.std([number(each, "exponent") for each in found], ddof=1)
    errors = [number(each, "exponent", column="standard_error") for each in found]
    # The scatter of a hundred is known to 7 %.
    assert scatter == pytest.approx(np.mean(errors), rel=0.23)


@pytest.mark.parametrize(("told", "exponent"), [(0.5, 0.5), (2.0, 2.0)])
def test_variances_that_are_wrong_are_seen_and_the_exponent_mends_them(told, exponent):
    found = table(told=told)
    assert number(found, "excess_right_p") < 1e-6
    assert number(found, "excess_log_score_p") < 1e-6
    assert np.sign(number(found, "excess_right")) == np.sign(exponent - 1.0)
    # The normalizations of the densities are not mended: the power is near, not equal.
    assert number(found, "exponent") == pytest.approx(exponent, rel=0.15)
    assert number(found, "log_score") < number(table(), "log_score")


def test_a_factor_on_the_evidences_of_one_model_is_seen():
    found = table(factors=(1.0,))
    assert number(found, "excess_log_score_p") < 1e-4
    # Of all three that are asked at once, and the same as the mean of what is stated.
    assert max(number(found, "excess_share_p", model=name) for name in odds_samples.MODELS[:3]) < 1e-6
    excess = 1.0 / 3.0 - number(found, "probability", model="plummer")
    assert number(found, "excess_share", model="plummer") == pytest.approx(excess, rel=1e-9)
    assert excess < 0.0


def test_factors_on_all_evidences_of_a_run_change_nothing():
    """Densities in other units, the same for all models."""
    mine = odds_samples.evidences()
    of_runs = ("run", np.linspace(-900.0, 900.0, mine.sizes["run"]))
    shifted = mine.assign(log_evidence=mine["log_evidence"] + xr.Variable(*of_runs))
    one, other = (make(Sources(evidences=(each,)), PROTOCOL_OF_THE_MEAN) for each in (mine, shifted))
    np.testing.assert_allclose(one["value"], other["value"], rtol=1e-9, atol=1e-9)


def test_models_in_another_order_have_the_same_numbers():
    mine = odds_samples.evidences()
    other = mine.isel(model=[2, 0, 1], run=np.roll(np.arange(mine.sizes["run"]), 57))
    one, same = (
        make(Sources(evidences=(each,)), PROTOCOL_OF_THE_MEAN).set_index(
            ["quantity", "truth", "model", "level"]
        )
        for each in (mine, other)
    )
    told = one.drop(columns=["band_low", "band_high"])  # some are drawn, run by run
    keyed = told.drop(index="reliability", level="quantity").sort_index()
    again = same.drop(columns=["band_low", "band_high"]).drop(index="reliability", level="quantity")
    assert len(keyed) == len(again)
    np.testing.assert_allclose(keyed.to_numpy(), again.reindex(keyed.index).to_numpy(), rtol=1e-9, atol=1e-12)


def test_scores_of_odds_that_are_known():
    """Three runs of one point, by hand."""
    probability = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.3, 0.6, 0.1]])
    odds = StatedOdds(("a", "b", "c"), np.log(probability) - 70.0, np.array([0, 1, 2]), np.full(3, "x/0/0"))
    np.testing.assert_allclose(odds.probability, probability, rtol=1e-12)
    np.testing.assert_array_equal(odds.right, [1.0, 1.0, 0.0])
    np.testing.assert_allclose(odds.log_score, np.log(3.0 * np.array([0.5, 0.8, 0.1])), rtol=1e-12)
    np.testing.assert_allclose(odds.brier_score, [0.375, 0.06, 1.26], rtol=1e-12)


def test_a_run_that_no_model_explains_says_nothing_and_one_that_one_explains_says_all():
    impossible, certain = [-np.inf, -np.inf], [-3.0, -np.inf]
    odds = StatedOdds(
        ("a", "b"), np.array([impossible, certain]), np.array([0, 0]), np.array(["x/0/0", "x/0/1"])
    )
    np.testing.assert_allclose(odds.probability, [[0.5, 0.5], [1.0, 0.0]], atol=1e-15)
    np.testing.assert_allclose(odds.log_score, [0.0, np.log(2.0)])
    np.testing.assert_allclose(odds.excess_log_score, [0.0, 0.0], atol=1e-15)


def test_models_that_are_always_told_apart_have_no_exponent():
    log_evidence = np.where(np.eye(2)[[0, 1, 0, 1]] > 0, 0.0, -50.0)
    odds = StatedOdds(
        ("a", "b"), log_evidence, np.array([0, 1, 0, 1]), np.array(["x/0/0", "x/0/0", "x/0/1", "x/0/1"])
    )
    assert np.isnan(odds.exponent).all()
    assert odds.right.mean() == 1.0


def test_unusable_runs_are_left_out():
    mine = odds_samples.evidences()
    mine["usable"].values[:5] = 0
    mine["log_evidence"].values[:5] = np.nan
    assert len(stated_odds(mine)) == mine.sizes["run"] - 5
    assert np.isfinite(stated_odds(mine).probability).all()


def test_a_model_with_fewer_runs_is_asked_for_its_share_of_them():
    mine = odds_samples.evidences()
    mine["usable"].values[: odds_samples.POINTS // 2] = 0
    found = make(Sources(evidences=(mine,)), PROTOCOL_OF_THE_MEAN)
    for name, share in zip(odds_samples.MODELS[:3], (0.2, 0.4, 0.4), strict=True):
        stated = number(found, "probability", model=name)
        assert number(found, "excess_share", model=name) == pytest.approx(share - stated, rel=1e-9)
