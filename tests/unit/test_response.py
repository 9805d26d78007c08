"""What is told of outputs against parameters, and of sealed runs: the mixtures and shares that they are."""

import evaluation_data as data
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import binomtest, norm
from test_evaluation_tables import make

from nbody_emulator.evaluation.response import PROBABILITIES, mixed_quantiles, near, wilson
from nbody_emulator.evaluation.rows import rows_of
from nbody_emulator.evaluation.test_set import evaluate
from nbody_emulator.streams import generator


@pytest.fixture(scope="module")
def response() -> pd.DataFrame:
    return make("response")


def test_quantiles_of_a_mixture_are_those_of_its_distribution_function():
    rows = rows_of(data.families()[2], "f_bound", ["training"])
    weights = generator(3, "mixture").random((2, len(rows))) ** 4
    found = mixed_quantiles(rows, weights)
    for weight, quantiles in zip(weights, found, strict=True):
        share = weight / weight.sum()
        for probability, value in zip(PROBABILITIES, quantiles, strict=True):

            def beyond(x, probability=probability, share=share):
                return share @ norm.cdf((x - rows.mean) / rows.standard_deviation) - probability

            assert value == pytest.approx(brentq(beyond, -9, 9), abs=0.01 * np.std(rows.target))


def test_a_run_counts_where_it_is_and_not_at_the_other_end_of_the_box():
    places = np.linspace(0, 1, 300)
    weights = near(np.array([0.0, 0.5, 1.0]), places)
    assert np.argmax(weights, axis=1) == pytest.approx([0, 150, 299], abs=1)
    assert np.all(weights[0, places > 0.3] < 1e-6) and np.all(weights[2, places < 0.7] < 1e-6)
    # Few runs are taken together from farther away.
    assert near(np.array([0.0]), np.array([0.5] * 12))[0, 0] > 0.1


def test_limits_of_a_share_are_wilson_s():
    for yes, count in ((0, 12), (7, 20), (64, 64)):
        level = norm.cdf(1) - norm.cdf(-1)
        expected = binomtest(yes, count).proportion_ci(level, method="wilson")
        assert wilson(yes, count) == pytest.approx((yes / count, *expected), abs=1e-12)


def test_the_recommended_family_s_bands_hold_the_runs_that_it_describes(response):
    assert set(response["family"]) == {"network"}
    held = response[response["quantity"] == "held"]
    assert len(held) == 2 * 2 * len(data.OUTPUTS) and np.all(held["runs"] == 120)
    # The network is the truth: three standard errors of one fixed draw.
    assert np.all(np.abs(held["value"] - held["level"]) < 3 * np.sqrt(0.25 / 120))
    # Of what parameters fix, a band that is as wide as the cloud leaves more open than a prediction of one run.
    one_run = response[response["quantity"] == "one_run"].set_index(["output", "level"])
    for output in data.OUTPUTS:
        curves = response[(response["output"] == output) & (response["quantity"] == "predicted")]
        wide = (
            curves[curves["level"] == 0.84]["value"].mean() - curves[curves["level"] == 0.16]["value"].mean()
        )
        assert 0 < one_run.loc[(output, 0.68), "upper"] - one_run.loc[(output, 0.68), "lower"] < wide


def test_runs_are_the_training_runs_in_their_own_units(response):
    columns = data.runs()
    training = columns["role"] == "training"
    runs = response[(response["quantity"] == "run") & (response["output"] == "sigma_v")]
    for place, parameter in enumerate(("scale_radius [pc]", "virial_ratio")):
        own = runs[runs["parameter"] == parameter]
        assert np.allclose(own["place"], columns["input"][training, place])
        assert np.allclose(own["value"], np.exp(columns["target"][training, 1]))


def test_survival_is_told_where_runs_have_died(response):
    assert "all" not in set(response["output"])
    columns = data.runs()
    dead = (columns["role"] == "training") & (columns["input"][:, 1] > 1.6)
    columns["target"][dead] = np.nan
    survival = make("response", predictions=data.families(columns))
    survival = survival[(survival["output"] == "all") & (survival["parameter"] == "virial_ratio")]
    bins = survival[survival["quantity"] == "survived"].sort_values("place")
    assert bins["runs"].sum() == 120 and bins["value"].iloc[-1] < 0.5 and np.all(bins["value"].iloc[:-2] == 1)
    assert np.all((bins["lower"] < bins["value"]) & (bins["value"] < bins["upper"] + 1e-9))


def test_a_figure_of_the_test_set_tells_the_scores_of_the_test_set():
    sealed = data.families(data.runs(data.SEALED_SETS))
    _, scores, told = evaluate(sealed, data.families(), data.PROTOCOL, "linear")
    scores = scores.set_index(["family", "output", "metric"])["value"]
    for row in told[told["quantity"] == "coverage"].itertuples():
        metric = f"coverage_{100 * row.level:g}"
        assert row.value == scores[row.family, row.output, metric]
        own = told[
            (told["quantity"] == "run") & (told["family"] == row.family) & (told["output"] == row.output)
        ]
        assert row.runs == len(own) == 100
        # A binomial band of 95 %, and where the interval that is told run by run has this level, its very share.
        reach = 2.3 * np.sqrt(row.level * (1 - row.level) / row.runs)
        assert row.level - reach < row.band_low < row.level < row.band_high < row.level + reach
        if row.level == 0.9:
            inside = (own["true_value"] >= own["lower"]) & (own["true_value"] <= own["upper"])
            assert inside.mean() == row.value
    for row in told[told["quantity"] == "error"].itertuples():
        assert row.value == scores[row.family, row.output, "rmse_over_noise_floor"]
    assert set(told.loc[told["recommended"], "family"]) == {"linear"}
