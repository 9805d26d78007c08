"""The noise variance: unbiased, with an error that survives heavy tails and noise that is not constant."""

import numpy as np
import pytest
from scipy.stats import t

from nbody_emulator.evaluation.pooled_noise import points_of, pooled_noise, total_variance
from nbody_emulator.streams import generator

REPEATS = 800


def experiments(draw, replicates):
    groups = np.repeat(np.arange(len(replicates)), replicates)
    return [pooled_noise(draw(groups), groups) for _ in range(REPEATS)]


@pytest.mark.parametrize("tails", ["gaussian", "heavy", "uneven"])
def test_pooled_noise_is_unbiased_and_its_error_honest(tails):
    random = generator(1, "noise", tails)
    draws = {
        "gaussian": lambda groups: random.normal(size=groups.size),
        "heavy": lambda groups: t(8).rvs(groups.size, random_state=random) / np.sqrt(8 / 6),
        # Standard deviation from 0.5 to about 1.3 over the points, mean square one.
        "uneven": lambda groups: (
            random.normal(size=groups.size) * np.sqrt(np.linspace(0.25, 1.75, 60)[groups])
        ),
    }
    found = experiments(draws[tails], np.full(60, 5))
    values = np.array([each.variance for each in found])
    # Mean of 800 within four of its errors.
    assert abs(values.mean() - 1) < 4 * values.std() / np.sqrt(REPEATS)
    # Scatter of 800 is known to 2.5 %; the plug-in fourth moment of heavy tails is low by some per cent.
    stated = np.sqrt(np.mean([each.standard_error**2 for each in found]))
    scatter = values.std()
    if tails == "uneven":
        # A fixed design has less scatter than points drawn from the prior, for which the error is meant.
        assert scatter < stated < 1.8 * scatter
    else:
        assert stated == pytest.approx(scatter, rel=0.12)


def test_gaussian_error_is_that_of_chi_squared():
    random = generator(2, "chi")
    found = experiments(lambda groups: random.normal(size=groups.size), np.full(100, 5))
    mean_error = np.mean([each.standard_error for each in found])
    # sqrt(2 / 400); the mean of 800 is good to a per cent.
    assert mean_error == pytest.approx(np.sqrt(2 / 400), rel=0.03)
    assert found[0].degrees_of_freedom == 400


def test_groups_may_be_named_alike_at_every_point():
    values = generator(3, "names").normal(size=24)
    points, groups = np.repeat(np.arange(4), 6), np.tile(np.repeat(np.arange(3), 2), 4)
    assert pooled_noise(values, groups, points) == pooled_noise(values, 10 * points + groups, points)


def test_unequal_replicates_weigh_by_their_degrees_of_freedom():
    values = np.array([0.0, 2.0, 1.0, 2.0, 3.0, 7.0])
    groups = np.array(["a", "a", "b", "b", "b", "c"])
    found = pooled_noise(values, groups)
    # s^2 of a is 2 with one degree of freedom, of b is 1 with two; c has one run and no say.
    assert found.variance == pytest.approx((1 * 2 + 2 * 1) / 3, rel=1e-14)
    assert found.degrees_of_freedom == 3


def test_missing_values_are_counted_out_not_replaced():
    values = np.array([0.0, 2.0, np.nan, 1.0, 3.0])
    points = points_of(values, np.array(["a", "a", "a", "b", "b"]))
    assert points.replicates.tolist() == [2, 2]
    assert points.variance.tolist() == [2.0, 2.0]
    nothing = pooled_noise(np.full(4, np.nan), np.array(["a", "a", "b", "b"]))
    assert np.isnan(nothing.variance)
    assert nothing.degrees_of_freedom == 0


def test_variance_error_knows_the_kurtosis():
    random = generator(3, "variance")
    uniform = random.uniform(-1, 1, size=(REPEATS, 300))
    found = [total_variance(sample) for sample in uniform]
    variances = np.array([each.variance for each in found])
    errors = np.array([each.standard_error for each in found])
    # Kurtosis 1.8: chi^2 would overstate the error by sqrt(2 / 0.8) = 1.58. Scatter known to 2.5 %.
    assert errors.mean() == pytest.approx(variances.std(), rel=0.1)
    assert variances.mean() == pytest.approx(1 / 3, rel=0.005)
