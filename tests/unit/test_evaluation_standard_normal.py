"""The standard normal distribution is that of scipy.stats, to the last bit."""

import numpy as np
from scipy.stats import norm

from nbody_emulator.evaluation import standard_normal

Z = np.concatenate([[np.nan, -np.inf, 0.0, np.inf, 40.0], np.random.default_rng(1).normal(0.0, 3.0, 1000)])
LEVELS = np.linspace(0.0, 1.0, 101)


def test_its_functions_are_those_of_scipy():
    np.testing.assert_array_equal(standard_normal.cumulative(Z), norm.cdf(Z))
    np.testing.assert_array_equal(standard_normal.quantile(LEVELS), norm.ppf(LEVELS))
