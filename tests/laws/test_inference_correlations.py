"""Outputs that share their scatter count one surprise several times, if they are counted as independent."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from inference_samples import OUTPUTS

from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.metadata import Metadata
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.inference import PredictionTable
from nbody_emulator.inference.judged import judged
from nbody_emulator.inference.likelihoods.register import LIKELIHOODS
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.quantities.quantity import Parameter

RUNS = 600
PARAMETERS = tuple(Parameter(name, "1", 0.0, 1.0, "linear") for name in ("a", "b"))
# Three outputs measure one parameter and share most of their scatter.
SLOPES = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.3, 0.0, 1.0]])
CORRELATION = np.array([[1, 0.7, 0.6, 0.2], [0.7, 1, 0.6, 0.0], [0.6, 0.6, 1, 0.0], [0.2, 0.0, 0.0, 1]])
TRIANGLE = np.linalg.cholesky(CORRELATION)
STEEPNESS = 6.0
"""Of survival in the first parameter: clusters in the middle are as likely to survive as not."""


class SharedScatter(eqx.Module):
    """A linear emulator, whose scatter grows over the unit square; runs with a small first number may dissolve."""

    parameters: tuple[Parameter, ...] = eqx.field(static=True)

    def __call__(self, theta):
        deviation = 0.15 * jnp.exp(0.3 * theta[0]) * jnp.array([1.0, 1.2, 0.8, 1.0])
        gaussian = Gaussian(theta @ SLOPES, deviation[:, None] * TRIANGLE, jnp.zeros((4, 4)))
        return Outcome(STEEPNESS * (theta[0] - 0.2), jnp.full(4, jnp.inf), gaussian)


EMULATOR = Emulator(OUTPUTS, Metadata("linear", {}, "none", 0, Seen((), ""), ""), SharedScatter(PARAMETERS))


@pytest.fixture(scope="module")
def table():
    return PredictionTable.of(EMULATOR, 2**13)


@pytest.fixture(scope="module")
def runs():
    return mock_runs(EMULATOR, RUNS, 4)


@pytest.fixture(scope="module")
def joint(table, runs):
    return judged(table, *runs, np.random.default_rng(0))


@pytest.fixture(scope="module")
def independent(table, runs):
    return judged(table.under(LIKELIHOODS.load("independent")()), *runs, np.random.default_rng(0))


@pytest.mark.parametrize("level", [0.5, 0.68, 0.9, 0.95])
def test_the_right_likelihood_holds_its_level(level, joint):
    # Three binomial standard errors: one of four such checks fails for one seed in a hundred.
    assert abs(np.mean(joint.hpd_level <= level) - level) < 3 * np.sqrt(level * (1 - level) / RUNS)


def test_what_dissolved_says_where_it_came_from(joint, runs):
    """Of dissolved runs alone too, whose state is all that is known of them."""
    dissolved = np.array([not each.present.any() for each in runs[1]])
    assert 50 < dissolved.sum() < RUNS - 50
    held = np.mean(joint.hpd_level[dissolved] <= 0.9)
    assert abs(held - 0.9) < 3 * np.sqrt(0.09 / dissolved.sum())


def test_independent_outputs_are_seen_to_hold_less(independent):
    assert np.mean(independent.hpd_level <= 0.9) < 0.9 - 4 * np.sqrt(0.09 / RUNS)


def test_they_tell_the_truth_less_well(joint, independent):
    gain = joint.log_posterior - independent.log_posterior
    assert gain.mean() > 4 * gain.std() / np.sqrt(RUNS)
