"""The one-standard-error rule on constructed losses."""

import re

import numpy as np
import pytest

from nbody_emulator.evaluation.comparison import compare, comparison_table
from nbody_emulator.evaluation.recommendation import recommendation
from nbody_emulator.evaluation.standard_errors import over_folds
from nbody_emulator.streams import generator

ROWS, FOLDS = 160, 8
FOLD = np.arange(ROWS) % FOLDS
FAMILIES = ["mean", "linear", "forest", "network"]


def compared(losses, seed_variances=None):
    variances = seed_variances or [0.0] * len(losses)
    return compare(losses, lambda values: over_folds(values, FOLD), variances)


def noisy(*levels, scatter=0.1):
    """Losses at the given levels, with a part common to all families and a part of their own."""
    random = generator(1, "losses", len(levels), *map(str, levels))
    common = 3 * random.normal(size=ROWS)
    return [level + common + scatter * random.normal(size=ROWS) for level in levels]


def verdict(losses, seed_variances=None):
    families = FAMILIES[: len(losses)]
    costs = {
        family: {"numbers": 1000 * (place + 1), "megabytes": 0.25} for place, family in enumerate(families)
    }
    table = comparison_table(families, compared(losses, seed_variances), [3] * len(losses), costs)
    return recommendation(table)


def test_a_clear_winner_is_recommended_though_its_own_error_is_large():
    losses = noisy(1.0, 0.5, 0.4, 0.0, scatter=0.02)
    found = compared(losses)
    assert (found.best, found.recommended) == (3, 3)
    # Paired: the common part, thirty times the families' own, cancels; eight folds say so to a factor of two.
    assert found.difference_error[1] < 0.2 * found.score_error[1]
    assert found.difference[1] == pytest.approx(0.5, abs=0.05)
    said = verdict(losses)
    assert said["family"] == "network"
    assert said["sentence"].startswith("The network ensemble is recommended")
    assert re.search(r"linear regression is 0\.(49|50)", said["sentence"])


def test_the_line_wins_within_one_error_and_is_said_first():
    losses = noisy(1.0, 0.0, 0.3, 0.0)
    # The network is better by half of one standard error.
    paired = losses[3] - losses[1]
    error = over_folds(paired, FOLD)
    losses[3] = losses[3] - paired.mean() - 0.5 * error
    found = compared(losses)
    assert (found.best, found.recommended) == (3, 1)
    assert found.difference[1] == pytest.approx(0.5 * found.difference_error[1], rel=1e-9)
    assert verdict(losses)["sentence"].startswith(
        "Linear regression is as good as the best family, the network"
    )


def test_a_mean_that_is_best_is_said_to_be_where_the_line_is_within_one_error():
    losses = noisy(0.0, 0.0, 0.3, 0.3)
    # The mean is better by half of one standard error.
    paired = losses[0] - losses[1]
    losses[0] = losses[0] - paired.mean() - 0.5 * over_folds(paired, FOLD)
    found = verdict(losses)
    assert found["family"] == found["best"] == "mean"
    assert found["sentence"].startswith(
        "Linear regression is as good as the best family, the training mean: it is"
    )
    assert "; that family, simpler still, is recommended" in found["sentence"]


def test_just_beyond_one_error_the_line_loses():
    losses = noisy(1.0, 0.0, 0.3, 0.0)
    paired = losses[3] - losses[1]
    losses[3] = losses[3] - paired.mean() - 1.01 * over_folds(paired, FOLD)
    assert compared(losses).recommended == 3


def test_equal_families_give_the_simplest():
    same = noisy(0.0)[0]
    found = compared([same, same.copy(), same.copy()])
    assert (found.best, found.recommended) == (0, 0)
    assert np.all(found.difference == 0)


def test_the_best_line_is_said_first_too():
    said = verdict(noisy(1.0, 0.0, 0.3, 0.2))
    assert (said["family"], said["best"]) == ("linear", "linear")
    assert said["sentence"].startswith("Linear regression is as good as any family")
    assert re.search(r"\(the network ensemble, the next, is 0\.(19|2)", said["sentence"])


def test_a_family_that_fails_somewhere_is_never_recommended():
    losses = noisy(0.0, 0.5, 0.5, 0.5)
    losses[0][3] = np.nan
    found = compared(losses)
    assert found.best != 0
    assert found.recommended != 0


def test_the_seeds_of_both_fits_in_use_are_in_the_error_and_decide_what_ties():
    losses = noisy(1.0, 0.0, 0.3, 0.0)
    paired = losses[3] - losses[1]
    losses[3] = losses[3] - paired.mean() - 1.5 * over_folds(paired, FOLD)
    alone = compared(losses)
    assert (alone.best, alone.recommended) == (3, 3) and np.all(alone.seed_error == 0)
    # Squares add up: with seeds of the size of the folds' error the total is sqrt(1 + 1 + 1) of it, above 1.5.
    folds = alone.row_error[1] ** 2
    with_seeds = compared(losses, [0.0, folds, 0.0, folds])
    assert with_seeds.recommended == 1
    np.testing.assert_allclose(with_seeds.difference_error[1], np.sqrt(3 * folds), rtol=1e-12)
    np.testing.assert_allclose(
        with_seeds.difference_error[0], np.hypot(alone.row_error[0], np.sqrt(folds)), rtol=1e-12
    )
    assert with_seeds.difference_error[3] == 0


def test_a_recommendation_tells_what_it_costs_and_what_a_sampler_can_use():
    said = verdict(noisy(1.0, 0.5, 0.0, 0.5))
    assert said["family"] == "forest" and said["for_samplers"] is None and said["numbers"] == 3000
    assert "It is 3,000 numbers in 0.25 MB, and neither it nor any family that ties" in said["sentence"]
    tied = verdict(noisy(1.0, 0.5, 0.0, 0.0), [0.0, 0.0, 0.01, 0.01])
    assert (tied["family"], tied["for_samplers"]) == ("forest", "network")
    assert "a sampler that follows them takes the network ensemble" in tied["sentence"]
    assert "a sampler can follow its gradients" in verdict(noisy(1.0, 0.0, 0.3, 0.2))["sentence"]
