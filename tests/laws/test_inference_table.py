"""Posteriors by the table are those of closed forms, and say no more than what was observed."""

import re

import numpy as np
import pytest
from inference_samples import (
    ALL,
    COVARIANCE,
    OUTPUTS,
    SURVIVAL,
    TARGET,
    closed_form,
    emulator,
    log_state,
    moments,
    tilted,
)

from nbody_emulator.inference import Observation, PredictionTable, infer


@pytest.fixture(scope="module")
def table():
    return PredictionTable.of(emulator())


def test_a_linear_gaussian_has_the_posterior_of_its_closed_form(table):
    found = infer(table, ALL).posterior
    mean, spread, log_evidence = closed_form(TARGET, COVARIANCE, [0, 1, 2, 3])
    weights_mean, weights_spread = moments(tilted(found, log_state))
    # 65536 points are worth some thousands of draws, and Sobol's cover the box far more evenly.
    np.testing.assert_allclose(weights_mean, mean, atol=0.02 * np.sqrt(np.diag(spread)).min())
    np.testing.assert_allclose(weights_spread, spread, atol=0.02 * np.diag(spread).max())
    # One output is told in pc: its density is that of the logarithm over the value.
    told = np.log(np.mean(np.exp(found.log_likelihoods - log_state(2.0 * found.fractions - 1.0))))
    assert told + TARGET[1] == pytest.approx(log_evidence, abs=0.005)


def test_errors_widen_as_an_added_variance_does(table):
    """Of outputs that are not transformed the convolution has a closed form."""
    errors = {"bound": 0.1, "half": 0.2}
    told = {name: ALL[name] for name in ("bound", "half", "speed")}
    places = [0, 2, 3]
    found = infer(PredictionTable.of(emulator(), 2**17), told, errors=errors).posterior
    added = COVARIANCE + np.diag([0.1**2, 0.0, 0.2**2, 0.0])
    mean, spread, log_evidence = closed_form(TARGET[places], added, places)

    def state(theta):
        return -np.logaddexp(0.0, -SURVIVAL * theta[:, 0]) - 3 * np.logaddexp(0.0, -9.0)

    weights_mean, weights_spread = moments(tilted(found, state))
    np.testing.assert_allclose(weights_mean, mean, atol=0.05 * np.sqrt(np.diag(spread)).min())
    np.testing.assert_allclose(weights_spread, spread, atol=0.05 * np.diag(spread).max())
    told_log = np.log(np.mean(np.exp(found.log_likelihoods - state(2.0 * found.fractions - 1.0))))
    assert told_log == pytest.approx(log_evidence, abs=0.02)


def test_nothing_observed_is_the_prior(table):
    found = infer(table, {}).posterior
    assert found.effective_size == pytest.approx(len(found.weights))
    assert found.log_evidence == pytest.approx(0.0, abs=1e-12)
    assert found.information == pytest.approx(0.0, abs=1e-12)
    assert all(abs(value) < 1e-3 for value in found.contraction.values())


def test_an_output_that_is_missing_tells_what_its_existence_tells(table):
    """Of a cluster that survived; one without any output may have dissolved as well."""
    seen = infer(table, {"half": ALL["half"]}, missing=["core"]).posterior
    unseen = infer(table, {"half": ALL["half"]}).posterior
    theta = 2.0 * seen.fractions - 1.0
    ratio = np.log(seen.weights / unseen.weights) + np.logaddexp(0.0, theta[:, 1])
    heavy = unseen.weights > 1e-12
    np.testing.assert_allclose(ratio[heavy], ratio[heavy][0], atol=1e-9)
    nothing = infer(table, {}, missing=[output.name for output in OUTPUTS]).posterior
    survived = 1.0 / (1.0 + np.exp(-SURVIVAL * theta[:, 0]))
    without = (1 - 1 / (1 + np.exp(-9.0))) ** 3 / (1.0 + np.exp(theta[:, 1]))
    expected = survived * without + 1.0 - survived
    np.testing.assert_allclose(nothing.weights, expected / expected.sum(), rtol=1e-9)


def test_quantiles_are_those_of_draws(table):
    posterior = infer(table, ALL).posterior
    drawn = posterior.sample(20_000, seed=2)
    for name, value in posterior.quantile(0.9).items():
        assert np.mean(drawn[name] < value) == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 20_000))
    again = posterior.sample(20_000, seed=2)
    assert all(np.array_equal(drawn[name], again[name]) for name in drawn)


def test_what_the_points_are_too_few_for_is_refused_with_a_remedy_that_works():
    with pytest.raises(ValueError, match="fewer than 400; ask for") as refused:
        infer(emulator(), ALL, points=2**12)
    points = int(re.search(r"ask for (\d+) points", str(refused.value))[1])
    assert infer(emulator(), ALL, points=points).posterior.effective_size > 400
    with pytest.raises(ValueError, match="not 5000; write 8192"):
        PredictionTable.of(emulator(), 5000)


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(ValueError) as refused:
        Observation.of(
            OUTPUTS,
            {"core": -1.0, "haf": 2.0, "speed": 0.3},
            errors={"half": 0.1, "speed": -0.2},
            missing=["speed", "cor"],
        )
    for told in (
        "core is -1 pc, and must be above 0",
        "there is no output 'haf'; did you mean 'half'?",
        "half has an error and no value",
        "the error of speed is -0.2, and must be 0 or more",
        "speed is missing and has a value",
        "there is no output 'cor'; did you mean 'core'?",
    ):
        assert told in str(refused.value)
