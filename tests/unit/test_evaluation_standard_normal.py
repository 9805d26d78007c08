"""The standard normal distribution is that of scipy.stats, to the last bit."""

import numpy as np
from scipy.stats import norm

from nbody_emulator.evaluation import standard_normal
from nbody_emulator.evaluation.losses import negative_log_likelihood

Z = np.concatenate([[np.nan, -np.inf, 0.0, np.inf, 40.0], np.random.default_rng(1).normal(0.0, 3.0, 1000)])
LEVELS = np.linspace(0.0, 1.0, 101)


def test_its_functions_are_those_of_scipy():
    np.testing.assert_array_equal(standard_normal.density(Z), norm.pdf(Z))
    np.testing.assert_array_equal(standard_normal.log_density(Z), norm.logpdf(Z))
    np.testing.assert_array_equal(standard_normal.cumulative(Z), norm.cdf(Z))
    np.testing.assert_array_equal(standard_normal.quantile(LEVELS), norm.ppf(LEVELS))


def test_the_likelihood_is_that_of_scipy():
    target, mean, width = np.random.default_rng(2).normal(size=(3, 1000))
    expected = -norm.logpdf(target, mean, np.exp(width))
    np.testing.assert_array_equal(negative_log_likelihood(target, mean, np.exp(width)), expected)
