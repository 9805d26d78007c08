"""Posteriors of the example hold what they promise where their likelihood is right; where it is wrong that is seen."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

EXAMPLE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "examples/posterior.py"))
RUNS, POINTS = 600, 2048
# Three outputs measure one parameter and share most of their scatter: counted as independent they are too sure.
SLOPES = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.3, 0.0, 1.0]])
CORRELATION = np.array([[1, 0.7, 0.6, 0.2], [0.7, 1, 0.6, 0.0], [0.6, 0.6, 1, 0.0], [0.2, 0.0, 0.0, 1]])


def predicted(unit, scale=1.0):
    """A linear emulator, whose scatter grows over the unit square."""
    deviation = 0.15 * np.exp(0.3 * unit[:, :1]) * np.array([1.0, 1.2, 0.8, 1.0])
    return EXAMPLE["Predicted"](unit @ SLOPES, scale * deviation)


def runs(seed, scale=1.0, missing=0.0):
    """Runs drawn from the prior; `scale` on the standard deviations that are predicted for them."""
    random = np.random.default_rng(seed)
    unit = random.random((RUNS, 2))
    truth = predicted(unit)
    scatter = random.standard_normal((RUNS, 4)) @ np.linalg.cholesky(CORRELATION).T
    observed = truth.mean + truth.standard_deviation * scatter
    observed[random.random((RUNS, 4)) < missing] = np.nan
    kept = np.isfinite(observed).any(axis=1)
    return EXAMPLE["Runs"](observed[kept], predicted(unit[kept], scale), np.arange(RUNS)[kept])


def likelihoods(seed, correlation, scale=1.0, missing=0.0):
    points = predicted(qmc.Sobol(2, seed=0).random(POINTS), scale)
    return EXAMPLE["log_likelihoods"](runs(seed, scale, missing), points, correlation)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_right_likelihood_holds_its_level_at_every_level(missing):
    levels = EXAMPLE["hpd_levels"](likelihoods(1, CORRELATION, missing=missing), 1.0)
    for level in EXAMPLE["LEVELS"]:
        # Three binomial standard errors: one of eight such checks fails for one seed in fifty.
        assert abs(np.mean(levels <= level) - level) < 3 * np.sqrt(level * (1 - level) / len(levels)), level


def test_independent_outputs_are_seen_to_hold_less():
    levels = EXAMPLE["hpd_levels"](likelihoods(1, np.eye(4)), 1.0)
    assert np.mean(levels <= 0.9) < 0.9 - 5 * np.sqrt(0.09 / RUNS)


@pytest.mark.parametrize("scale", [0.7, 1.0, 1.5])
def test_the_factor_makes_up_for_scatter_that_is_predicted_wrong(scale):
    """Its standard error is about sqrt(2 / (4 runs)) = 0.03 of it: one number from all residuals."""
    factor = EXAMPLE["fitted_factor"](likelihoods(2, CORRELATION, scale))
    assert factor == pytest.approx(1 / scale**2, rel=0.12)
    levels = EXAMPLE["hpd_levels"](likelihoods(3, CORRELATION, scale), factor)
    assert np.mean(levels <= 0.9) == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / RUNS))


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_correlation_is_found_from_what_is_there(missing):
    found = EXAMPLE["correlation_of"](runs(4, missing=missing).z)
    # Four standard errors of a correlation from the pairs that are left.
    np.testing.assert_allclose(found, CORRELATION, atol=4 / np.sqrt(RUNS * (1 - missing) ** 2))


def test_a_correlation_that_is_of_other_runs_for_every_pair_stays_one():
    z = np.full((9, 3), np.nan)
    z[:3, :2] = [[1, 1], [-1, -1], [2, 2]]
    z[3:6, 1:] = [[1, 1], [-1, -1], [2, 2]]
    z[6:, ::2] = [[1, -1], [-1, 1], [2, -2]]
    found = EXAMPLE["correlation_of"](z)
    assert np.linalg.eigvalsh(found).min() > 0
    np.testing.assert_allclose(np.diag(found), 1.0)


def test_an_output_that_is_never_there_is_correlated_with_none():
    z = runs(5).z
    z[:, 3] = np.nan
    np.testing.assert_array_equal(EXAMPLE["correlation_of"](z)[3], [0, 0, 0, 1])
