"""Posteriors of the example hold what they promise where the likelihood is right; where it is wrong that is seen."""

import runpy
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import qmc

from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.outcome import Outcome

EXAMPLE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "examples/posterior.py"))
RUNS, POINTS = 600, 2048
# Three outputs measure one parameter and share most of their scatter: counted as independent they are too sure.
SLOPES = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.3, 0.0, 1.0]])
CORRELATION = np.array([[1, 0.7, 0.6, 0.2], [0.7, 1, 0.6, 0.0], [0.6, 0.6, 1, 0.0], [0.2, 0.0, 0.0, 1]])
TRIANGLE = np.linalg.cholesky(CORRELATION)
STEEPNESS = 6.0
"""Of survival in the first parameter: clusters in the middle are as likely to survive as not."""


def outcome(unit):
    """A linear emulator, whose scatter grows over the unit square; runs with a small first number may dissolve."""
    deviation = 0.15 * jnp.exp(0.3 * unit[0]) * jnp.array([1.0, 1.2, 0.8, 1.0])
    gaussian = Gaussian(unit @ SLOPES, deviation[:, None] * TRIANGLE, jnp.zeros((4, 4)))
    return Outcome(STEEPNESS * (unit[0] - 0.2), jnp.full(4, jnp.inf), gaussian)


def runs(seed):
    """Parameters (n, 2) from the prior, and what became of the runs (n, 4)."""
    random = np.random.default_rng(seed)
    unit = random.random((RUNS, 2))
    deviation = 0.15 * np.exp(0.3 * unit[:, :1]) * np.array([1.0, 1.2, 0.8, 1.0])
    observed = unit @ SLOPES + deviation * (random.standard_normal((RUNS, 4)) @ TRIANGLE.T)
    dissolved = random.random(RUNS) > 1 / (1 + np.exp(-STEEPNESS * (unit[:, 0] - 0.2)))
    return unit, np.where(dissolved[:, None], np.nan, observed)


def levels_of(name, seed):
    truths, targets = runs(seed)
    likelihood, points = EXAMPLE["LIKELIHOODS"][name], qmc.Sobol(2, seed=0).random(POINTS)
    at_points, at_truths = (
        EXAMPLE["log_likelihoods"](outcome, likelihood, each, targets) for each in (points, truths)
    )
    return EXAMPLE["hpd_levels"](at_points, np.diagonal(at_truths))


@pytest.fixture(scope="module")
def joint():
    return levels_of("joint", 1)


@pytest.mark.parametrize("level", EXAMPLE["LEVELS"])
def test_the_right_likelihood_holds_its_level(level, joint):
    # Three binomial standard errors: one of four such checks fails for one seed in a hundred.
    assert abs(np.mean(joint <= level) - level) < 3 * np.sqrt(level * (1 - level) / RUNS)


def test_what_dissolved_says_where_it_came_from(joint):
    """Of dissolved runs alone too, whose state is all that is known of them."""
    dissolved = np.isnan(runs(1)[1]).all(axis=1)
    assert 50 < dissolved.sum() < RUNS - 50
    held = np.mean(joint[dissolved] <= 0.9)
    assert abs(held - 0.9) < 3 * np.sqrt(0.09 / dissolved.sum())


def test_independent_outputs_are_seen_to_hold_less():
    assert np.mean(levels_of("independent", 1) <= 0.9) < 0.9 - 4 * np.sqrt(0.09 / RUNS)
