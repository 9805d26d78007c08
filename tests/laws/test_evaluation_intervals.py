"""The 95 % intervals of noise and error hold the truth in 95 % of cases, under heavy tails too, and on both sides."""

import numpy as np
import pytest
from scipy.stats import t

from nbody_emulator.evaluation.estimate import mean_estimate
from nbody_emulator.evaluation.pooled_noise import pooled_noise
from nbody_emulator.streams import generator

REPEATS = 2500
POINTS, REPLICATES = 60, 5


def normal(random):
    return random.normal(size=POINTS * REPLICATES)


def student(random):
    return t(5).rvs(POINTS * REPLICATES, random_state=random) / np.sqrt(5 / 3)


def of_noise(values, groups):
    return pooled_noise(values, groups).interval


def of_error(values, groups):
    found = mean_estimate(values**2, positive=True).over_groups(groups)
    return found["lower"], found["upper"]


@pytest.mark.parametrize("interval", [of_noise, of_error])
@pytest.mark.parametrize("noise", [normal, student])
def test_intervals_hold_the_true_variance(noise, interval):
    random = generator(31, "intervals", noise.__name__, interval.__name__)
    groups = np.repeat(np.arange(POINTS), REPLICATES)
    ends = np.array([interval(noise(random), groups) for _ in range(REPEATS)])
    too_high, too_low = np.mean(ends[:, 0] > 1), np.mean(ends[:, 1] < 1)
    # Over 8000 repeats 95 % of normal noise, and 93 % of t5 (6.5 % of intervals too low): 60 points often have not
    # seen the tail that makes the variance of a variance. Plain +-2 errors reach 90.5 %, and 9 % are too low. Three
    # errors of 2500 repeats are 1.5 %.
    assert 0.915 < 1 - too_high - too_low < 0.965
    assert too_low < 0.08 and too_high < 0.035


def test_an_interval_of_what_cannot_be_negative_is_not():
    groups = np.array([0, 0, 1, 1, 2, 2])
    found = pooled_noise(np.array([0.0, 0.1, 5.0, -5.0, 1.0, 1.1]), groups)
    lower, upper = found.interval
    assert 0 < lower < found.variance < upper
    # On the logarithm: as many times above as below.
    assert upper / found.variance == pytest.approx(found.variance / lower, rel=1e-12)
