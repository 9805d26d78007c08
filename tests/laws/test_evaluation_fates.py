"""Fates of single stars are judged as closed forms, scikit-learn, and counting one by one say."""

import fates_samples as samples
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from gaussian_scores import PROTOCOL_OF_THE_MEAN as PROTOCOL
from scipy.stats import norm
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

from nbody_emulator.evaluation import fate_curves, fates
from nbody_emulator.evaluation.labelled_stars import studies_of
from nbody_emulator.evaluation.ranked_stars import RankedStars
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_folds
from nbody_emulator.streams import generator

ROUNDING = 1e-12
"""Of sums of some thousand numbers of order one."""


def table(*predictions: xr.Dataset) -> pd.DataFrame:
    return fates.make(Sources(fate_predictions=predictions), PROTOCOL).set_index(["study", "classifier"])


def curves(*predictions: xr.Dataset) -> pd.DataFrame:
    return fate_curves.make(Sources(fate_predictions=predictions), PROTOCOL)


def told(probability, happened, classifier="logistic", **changes) -> xr.Dataset:
    """Of stars that are known (run, star), in design points of their own."""
    runs = np.arange(len(probability))
    return samples.predictions("escape", classifier, probability, happened, runs, runs % 4, **changes)


def row(probability, happened, **changes) -> pd.Series:
    return table(told(probability, happened, **changes)).loc["escape", "logistic"]


@pytest.fixture(scope="module")
def stars() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probability, rounded so that many are alike, what happened, and design point, of 2000."""
    random = generator(1, "stars")
    probability = np.round(random.beta(0.5, 2.0, 2000), 2)
    return probability, random.random(2000) < 0.8 * probability + 0.05, random.integers(0, 40, 2000)


@pytest.fixture(scope="module")
def happened() -> np.ndarray:
    """Of 20 runs of 30 stars."""
    return generator(2, "happened").random((20, 30)) < 0.3


def test_who_knows_everything_loses_nothing(happened):
    found = row(happened.astype(float), happened)
    nothing = ["log_score", "log_score_standard_error", "brier", "miscalibration", "cost", "cost_at_stated"]
    assert (found[nothing] == 0.0).all()
    everything = ["auc", "auc_lower", "auc_upper", "average_precision", "recall", "precision"]
    assert (found[everything] == 1.0).all()
    assert found["discrimination"] == found["uncertainty"] == pytest.approx(0.21, abs=0.02)


@pytest.mark.parametrize("probability", [0.1, 0.3, 0.9])
def test_who_says_the_same_of_every_star_knows_nothing(happened, probability):
    found, share = row(np.full(happened.shape, probability), happened), happened.mean()
    scores = -share * np.log(probability) - (1 - share) * np.log(1 - probability)
    assert found["log_score"] == pytest.approx(scores, abs=ROUNDING)
    assert found["auc"] == 0.5 and found["average_precision"] == pytest.approx(share, abs=ROUNDING)
    assert found["discrimination"] == pytest.approx(0.0, abs=ROUNDING)
    assert found["miscalibration"] == pytest.approx((probability - share) ** 2, abs=ROUNDING)
    # The threshold is 0.2: from there on the alarm is always raised.
    cost = 1 - share if probability > 0.2 else samples.MISS_COST * share
    assert found["cost"] == found["cost_at_stated"] == pytest.approx(cost, abs=ROUNDING)
    assert found["cost_of_constant"] == pytest.approx(min(1 - share, 4 * share), abs=ROUNDING)


def test_two_kinds_of_stars_are_told_apart_as_their_shares_say():
    # Of 60 likely stars it happened to 45, of 140 unlikely ones to 7.
    kinds = np.repeat([True, False], [60, 140])
    true = np.concatenate([np.arange(60) < 45, np.arange(140) < 7])
    found = row(np.where(kinds, 0.8, 0.1).reshape(20, 10), true.reshape(20, 10))
    hits, spared = 52, 148
    assert found["auc"] == pytest.approx(
        (45 * 133 + 0.5 * (45 * 15 + 7 * 133)) / (hits * spared), abs=ROUNDING
    )
    assert found["average_precision"] == pytest.approx(45 / 52 * 45 / 60 + 7 / 52 * 52 / 200, abs=ROUNDING)
    mended = (60 * 0.75 * 0.25 + 140 * 0.05 * 0.95) / 200
    assert found["uncertainty"] - found["discrimination"] == pytest.approx(mended, abs=ROUNDING)
    assert found["miscalibration"] == pytest.approx((60 * 0.05**2 + 140 * 0.05**2) / 200, abs=ROUNDING)
    assert (found["recall"], found["precision"]) == pytest.approx((45 / 52, 45 / 60), abs=ROUNDING)
    assert found["cost"] == pytest.approx((15 + samples.MISS_COST * 7) / 200, abs=ROUNDING)


@pytest.mark.parametrize("resampled", [False, True])
def test_areas_and_curves_are_those_of_scikit_learn(stars, resampled):
    probability, true, group = stars
    weights = (
        generator(5, "weights").multinomial(40, np.full(40, 1 / 40)).astype(float) if resampled else None
    )
    weight = None if weights is None else weights[group]
    caught = RankedStars.of(probability, true, group).caught(weights)
    area = metrics.roc_auc_score(true, probability, sample_weight=weight)
    precision = metrics.average_precision_score(true, probability, sample_weight=weight)
    np.testing.assert_allclose(caught.areas, [area, precision], rtol=ROUNDING)
    rates, recalls = fate_curves.FALSE_POSITIVE_RATES, fate_curves.RECALLS
    false, hits, _ = metrics.roc_curve(true, probability, sample_weight=weight, drop_intermediate=False)
    np.testing.assert_allclose(
        caught.true_positive_rates(rates), np.interp(rates, false, hits), rtol=ROUNDING
    )
    precision, recall, _ = metrics.precision_recall_curve(true, probability, sample_weight=weight)
    # From the lowest threshold on: the first of the highest thresholds that reach a recall is the last that does.
    reached = [precision[np.flatnonzero(recall >= each - ROUNDING)[-1]] for each in recalls]
    np.testing.assert_allclose(caught.precisions(recalls), reached, rtol=ROUNDING)


def test_the_area_under_precision_and_recall_is_the_average_precision(stars):
    caught = RankedStars.of(*stars).caught()
    middles = (np.arange(200_000) + 0.5) / 200_000
    # Each of some hundred steps of the curve is misplaced by less than the distance of two of these.
    assert caught.precisions(middles).mean() == pytest.approx(caught.average_precision, abs=1e-3)


def test_scores_are_those_of_scikit_learn(stars):
    probability, true, _ = stars
    probability = np.clip(probability, 0.005, 0.995)
    found = row(probability.reshape(50, 40), true.reshape(50, 40))
    assert found["log_score"] == pytest.approx(metrics.log_loss(true, probability), rel=ROUNDING)
    assert found["brier"] == pytest.approx(metrics.brier_score_loss(true, probability), rel=ROUNDING)
    alarm = probability >= 1 / (1 + samples.MISS_COST)
    assert found["recall"] == metrics.recall_score(true, alarm)
    assert found["precision"] == metrics.precision_score(true, alarm)


def test_the_parts_of_the_brier_score_add_up_and_are_those_of_the_isotonic_regression(stars):
    probability, true, _ = stars
    parts = fates.parts_of_brier(probability, true)
    mended = IsotonicRegression().fit(probability, true).predict(probability)
    assert parts["miscalibration"] - parts["discrimination"] + parts["uncertainty"] == pytest.approx(
        parts["brier"], abs=ROUNDING
    )
    assert parts["brier"] - parts["miscalibration"] == pytest.approx(
        np.mean((mended - true) ** 2), abs=ROUNDING
    )
    assert min(parts.values()) > 0.0


def test_who_is_calibrated_is_not_called_miscalibrated():
    random = generator(6, "calibrated")
    probability = random.random(20_000)
    true = random.random(20_000) < probability
    # It is not negative; an isotonic fit follows n stars by about n^(-2/3), which is 0.0014.
    assert 0.0 <= fates.parts_of_brier(probability, true)["miscalibration"] < 0.002
    surer = probability**2 / (probability**2 + (1 - probability) ** 2)
    told, right = fates.parts_of_brier(surer, true), fates.parts_of_brier(probability, true)
    # What is only too sure of itself tells stars apart as well.
    assert told["discrimination"] == pytest.approx(right["discrimination"], abs=ROUNDING)
    expected = np.mean((surer - probability) ** 2)
    assert told["miscalibration"] == pytest.approx(expected, rel=0.2)


def test_what_decisions_cost_is_counted_star_by_star():
    (dataset,) = samples.every(("escape",), ("logistic",))
    found = table(dataset).loc["escape", "logistic"]
    costs, stated, right, alarms, folds = [], [], 0, 0, []
    for number, run in enumerate(dataset["probability"].values):
        for probability, happened in zip(run, dataset["happened"].values[number], strict=True):
            if np.isnan(probability + happened):
                continue
            threshold = dataset["threshold"].values[number]
            for limit, kept in ((threshold, costs), (0.2, stated)):
                kept.append(float(probability >= limit) if not happened else 4.0 * (probability < limit))
            right += bool(happened) and probability >= threshold
            alarms += probability >= threshold
            folds.append(int(dataset["fold"][number]))
    assert found["cost"] == pytest.approx(np.mean(costs), abs=ROUNDING)
    assert found["cost_standard_error"] == pytest.approx(over_folds(np.array(costs), np.array(folds)))
    assert found["cost_at_stated"] == pytest.approx(np.mean(stated), abs=ROUNDING)
    assert found["precision"] == pytest.approx(right / alarms, abs=ROUNDING)
    assert found["stars"] == len(costs) < dataset["probability"].size and found["runs"] == 60
    # 0.2 and a hundredth more in each of five folds.
    assert found["threshold"] == pytest.approx(0.22, abs=ROUNDING)


def test_the_order_of_runs_and_of_stars_changes_nothing():
    every = samples.every(("escape", "hardest_binary"), ("prevalence", "logistic", "forest"))
    random = generator(8, "order")
    rows, slots = random.permutation(every[0].sizes["row"]), random.permutation(every[0].sizes["star"])
    mixed = [each.isel(row=rows, star=slots) for each in every]
    pd.testing.assert_frame_equal(table(*mixed), table(*every), rtol=1e-9)
    pd.testing.assert_frame_equal(curves(*mixed), curves(*every), rtol=1e-9)


def test_the_order_of_classifiers_and_studies_is_that_of_the_configuration():
    every = samples.every(("hardest_binary", "escape"), ("logistic", "prevalence", "forest"))
    assert list(table(*every).index) == [
        (study, name)
        for study in ("hardest_binary", "escape")
        for name in ("logistic", "prevalence", "forest")
    ]
    drawn = curves(*every)
    assert list(drawn["classifier"].unique()) == ["logistic", "forest"]
    assert list(drawn["study"].unique()) == ["hardest_binary", "escape"]


def test_a_design_point_that_is_there_twice_has_twice_the_weight(stars):
    probability, true, group = stars
    twice = np.concatenate([np.arange(len(group)), np.flatnonzero(group < 10)])
    doubled = RankedStars.of(probability[twice], true[twice], group[twice])
    ranked, weights = RankedStars.of(*stars), np.where(np.arange(40) < 10, 2.0, 1.0)
    np.testing.assert_allclose(ranked.caught(weights).areas, doubled.caught().areas, rtol=ROUNDING)
    np.testing.assert_allclose(ranked.caught(weights).hits, doubled.caught().hits, rtol=ROUNDING)
    bins = ranked.bins(8)
    where = np.interp(doubled.probability, ranked.probability[::-1], bins[::-1]).astype(int)
    np.testing.assert_allclose(
        ranked.shares(bins, 8, weights), doubled.shares(where, 8), rtol=ROUNDING, equal_nan=True
    )


def test_classifiers_of_a_study_share_the_resamples():
    (study,) = studies_of(samples.every(("escape",)))
    weights = study.multiplicities(PROTOCOL)
    assert weights.shape == (200, 30) and (weights.sum(axis=1) == 30).all()
    np.testing.assert_array_equal(weights, study.multiplicities(PROTOCOL))
    # Who orders all stars alike has the same interval, whatever it says.
    same = list(samples.every(("escape",), ("boosting", "forest")))
    same[1]["probability"] = same[0]["probability"] ** 2
    found = table(*same)[["auc", "auc_lower", "auc_upper"]]
    assert (found.loc["escape", "boosting"] == found.loc["escape", "forest"]).all()
    assert 0.5 < found["auc_lower"].iloc[0] < found["auc"].iloc[0] < found["auc_upper"].iloc[0] < 1.0


def area_of_truth(spread: float, middle: float) -> float:
    """Under the curve of a normal score of this spread where it happens with the probability Phi(score - middle)."""
    score = np.linspace(-8 * spread, 8 * spread, 40_001)
    yes = norm.pdf(score, scale=spread) * norm.cdf(score - middle)
    no = norm.pdf(score, scale=spread) - yes
    below = np.cumsum(no) - 0.5 * no
    return float(yes @ below / (yes.sum() * no.sum()))


def test_intervals_hold_the_truth_though_design_points_are_few():
    points, slots, tries, between = 25, 40, 60, 2.0
    truth, held = area_of_truth(np.hypot(1.0, between), 1.5), 0
    for one in range(tries):
        random = generator(9, "coverage", one)
        score = between * random.normal(size=(points, 1)) + random.normal(size=(points, slots))
        happened = random.random(score.shape) < norm.cdf(score - 1.5)
        found = row(norm.cdf(score - 1.5), happened)
        held += found["auc_lower"] <= truth <= found["auc_upper"]
    # 57 are expected, give or take 2; as if stars were independent it would be 35.
    assert held >= 52


def test_who_says_the_share_elsewhere_gains_nothing_and_differences_are_paired():
    every = samples.every(("escape",), ("prevalence", "logistic", "boosting"))
    happened, fold = every[0]["happened"], every[0]["fold"]
    shares = np.array(
        [
            (happened.where(fold != each).sum() + 0.5) / (happened.where(fold != each).count() + 1.0)
            for each in fold.values
        ]
    )
    share = every[0].assign(probability=xr.zeros_like(happened) + xr.DataArray(shares, dims="row"))
    found = table(share, *every[1:]).loc["escape"]
    np.testing.assert_allclose(
        found.loc["prevalence", ["difference", "difference_standard_error"]].astype(float), 0.0
    )
    np.testing.assert_allclose(
        found["difference"], found["log_score"] - found.loc["prevalence", "log_score"], atol=ROUNDING
    )
    assert found["best"].to_dict() == {"prevalence": False, "logistic": False, "boosting": True}
    assert table(every[0])["best"].all()
    worse = every[1].assign(probability=1.0 - every[1]["probability"])
    found = table(every[0], worse).loc["escape"]
    assert found.loc["logistic", "difference"] > 0.0 and found.loc["logistic", "best"]


def test_balanced_fits_are_held_to_the_share_as_it_is():
    """Who says one half of a rare fate has lost, whatever its own study's reference says."""
    rare = samples.every(("hardest_binary",), ("prevalence",))[0]
    half = rare.assign(probability=rare["probability"].where(rare["probability"].isnull(), 0.5))
    found = table(half.assign_attrs(balanced=1)).loc["hardest_binary", "prevalence"]
    assert found["difference"] > 0.5


def test_the_simplest_within_an_error_of_the_best_is_recommended():
    """Two that are alike but for a hair; of what is clearly worse none; the reference where nothing beats it."""
    reference, good = samples.every(("escape",), ("prevalence", "boosting"))
    hair = 1e-4 * generator(9, "hair").normal(size=good["probability"].shape)
    alike = good.assign(probability=np.clip(good["probability"] + hair, 1e-6, 1.0 - 1e-6)).assign_attrs(
        classifier="logistic"
    )
    found = table(reference, alike, good).loc["escape"]
    assert found["recommended"].to_dict() == {"prevalence": False, "logistic": True, "boosting": False}
    assert found.loc[found["best"], "to_best"].item() == 0.0
    np.testing.assert_allclose(
        found["to_best"], found["log_score"] - found["log_score"][found["best"]].item(), atol=ROUNDING
    )
    blurred = 0.5 * (good["probability"] + good["probability"].mean())
    worse = good.assign(probability=blurred).assign_attrs(classifier="logistic")
    assert table(reference, worse, good).loc[("escape", "boosting"), "recommended"]
    nothing = good.assign(probability=1.0 - good["probability"])
    assert table(reference, nothing).loc[("escape", "prevalence"), "recommended"]


def test_who_was_sure_and_wrong_has_lost_infinitely_much_and_is_not_the_best():
    reference, good, sure = samples.every(("escape",), ("prevalence", "logistic", "boosting"))
    sure["probability"] = xr.where(sure["probability"] > 0.5, 1.0, 0.0).where(sure["probability"].notnull())
    found = table(reference, sure, good).loc["escape"]
    assert np.isposinf(found.loc["boosting", ["log_score", "difference"]].astype(float)).all()
    assert np.isnan(found.loc["boosting", "log_score_standard_error"])
    assert found.loc["logistic", "best"] and np.isfinite(found.loc["boosting", "brier"])
    drawn = curves(reference, sure, good)
    assert np.isfinite(drawn[["x", "y", "lower", "upper"]]).all(axis=None)


@pytest.mark.parametrize("share", [0, 1])
def test_without_two_fates_areas_are_not_known(share):
    every = samples.every(("escape",), ("prevalence", "logistic"))
    alike = [each.assign(happened=each["happened"] * 0 + share) for each in every]
    found = table(*alike)
    assert found[["auc", "auc_lower", "auc_upper"]].isna().all(axis=None)
    assert np.isfinite(found["log_score"]).all() and (found["uncertainty"] == 0).all()
    drawn = curves(*alike)
    assert drawn.loc[drawn["curve"] == "roc", "y"].isna().all()


def test_a_study_of_no_star_has_numbers_of_nothing_and_no_curve():
    none = [each.assign(happened=each["happened"] * np.nan) for each in samples.every(("escape",))]
    found = table(*none)
    assert (found["stars"] == 0).all() and found[["log_score", "auc", "brier", "cost"]].isna().all(axis=None)
    assert curves(*none).empty


def moved(dataset: xr.Dataset) -> xr.Dataset:
    return dataset.assign(happened=1.0 - dataset["happened"])


def fewer(dataset: xr.Dataset) -> xr.Dataset:
    return dataset.assign(probability=dataset["probability"].where(dataset["star"] > 0))


def elsewhere(dataset: xr.Dataset) -> xr.Dataset:
    return dataset.assign(group=dataset["group"][::-1].copy(data=dataset["group"].values[::-1]))


def otherwise_held_out(dataset: xr.Dataset) -> xr.Dataset:
    return dataset.assign(fold=(dataset["fold"] + 1) % 5)


@pytest.mark.parametrize("change", [moved, fewer, elsewhere, otherwise_held_out])
def test_stars_that_are_not_the_same_are_not_compared(change):
    first, second = samples.every(("escape",), ("logistic", "forest"))
    for make in (table, curves):
        with pytest.raises(
            ValueError, match="the stars of forest in the study escape are not those of logistic"
        ):
            make(first, change(second))


def test_stars_of_another_role_are_not_judged():
    (dataset,) = samples.every(("escape",), ("logistic",))
    both = xr.concat(
        [
            dataset,
            dataset.assign(role=("row", np.full(60, "repeat")), probability=0 * dataset["probability"]),
        ],
        "row",
    ).assign_attrs(dataset.attrs)
    pd.testing.assert_frame_equal(table(both), table(dataset))


def test_curves_hold_what_the_table_says():
    every = samples.every(("escape", "hardest_binary"), ("prevalence", "logistic", "boosting"))
    found, drawn = table(*every), curves(*every).set_index(["study", "classifier"])
    assert (drawn["lower"] <= drawn["upper"]).all()
    for key, points in drawn.groupby(level=[0, 1]):
        shared = ["share", "auc", "average_precision", "difference", "difference_standard_error", "best"]
        assert (points[shared].drop_duplicates().iloc[0] == found.loc[key, shared]).all()
        alarms = points[points["curve"] == "roc"]
        assert alarms["y"].is_monotonic_increasing and alarms["y"].iloc[-1] == 1.0
        # A chord of the curve is below it: the grid has lost little.
        assert np.trapezoid(alarms["y"], alarms["x"]) == pytest.approx(found.loc[key, "auc"], abs=0.01)
        bins = points[points["curve"] == "calibration"]
        assert bins["weight"].sum() == found.loc[key, "stars"]
        assert bins["y"] @ bins["weight"] / bins["weight"].sum() == pytest.approx(found.loc[key, "share"])
        assert bins["x"].is_monotonic_increasing


def test_bins_hold_as_much_variance_and_keep_together_what_is_alike(stars):
    probability, true, group = stars
    ranked = RankedStars.of(probability, true, group)
    bins = ranked.bins(10)
    of_each = pd.DataFrame({"p": ranked.probability, "bin": bins})
    assert (of_each.groupby("p")["bin"].nunique() == 1).all()
    variance = np.bincount(bins, ranked.probability * (1 - ranked.probability))
    # Up to the stars of one rounded probability, of which the most hold a fiftieth of all.
    assert np.abs(variance / variance.sum() - 0.1).max() < 0.03
    sure = RankedStars.of(true.astype(float), true, group)
    np.testing.assert_array_equal(sure.shares(sure.bins(2), 2), [0.0, 1.0])
