"""Evidences of three kinds are that of the closed form, and each knows how wrong it may be."""

import numpy as np
import pytest
from inference_samples import OUTPUTS, PARAMETERS, TARGET, emulator, with_states

from nbody_emulator.inference import Observation, PredictionTable
from nbody_emulator.inference.evidence import EVIDENCES, evidence_of
from nbody_emulator.inference.evidences import harmonic_mean
from nbody_emulator.inference.landscape import of_the_box
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import thetas

OBSERVATION = Observation.of_run(OUTPUTS, TARGET)
EXPECTED = with_states(TARGET)[2] - TARGET[1]
"""One output is told in pc: its density is that of the logarithm over the value."""


@pytest.fixture(scope="module")
def table():
    return PredictionTable.of(emulator())


# The harmonic mean by the table's own posterior errs by as much as 600 independent draws do.
@pytest.mark.parametrize(
    ("method", "within"), [("table", 0.005), ("nested_slice", 0.1), ("harmonic_mean", 0.03)]
)
def test_evidences_are_that_of_the_closed_form(table, method, within):
    found = evidence_of(table, OBSERVATION, method)
    assert found.method == method
    assert found.log_value == pytest.approx(EXPECTED, abs=within)
    assert abs(found.log_value - EXPECTED) < 3.0 * found.standard_error < 4.0 * within
    assert evidence_of(table, OBSERVATION, method) == found


def test_every_method_is_tested_here():
    assert EVIDENCES.names == ("table", "nested_slice", "harmonic_mean")


def test_nested_slices_know_how_wrong_they_are(table):
    found = [evidence_of(table, OBSERVATION, "nested_slice", seed) for seed in range(8)]
    scores = [(each.log_value - EXPECTED) / each.standard_error for each in found]
    # Of eight normal scores: four errors of their mean and of their mean square.
    assert abs(np.mean(scores)) < 4.0 / np.sqrt(8)
    assert 0.1 < np.mean(np.square(scores)) < 1.0 + 4.0 * np.sqrt(2.0 / 8)


def test_the_harmonic_mean_wants_draws_of_any_sampler():
    """Draws of a Gaussian posterior in equal weights, and a likelihood that is known but for a factor."""
    mean, spread, log_evidence = np.array([0.1, -0.2, 0.15]), 0.01 * np.eye(3), -7.3
    theta = np.random.default_rng(3).multivariate_normal(mean, spread, 8000)
    residuals = (theta - mean) / 0.1
    log_density = -0.5 * np.sum(residuals**2, axis=1) - 1.5 * np.log(2 * np.pi * 0.01)
    drawn = Posterior(
        PARAMETERS,
        (theta + 1.0) / 2.0,
        np.full(8000, 1 / 8000),
        log_density + log_evidence + 3.0 * np.log(2.0),
    )
    found, error = harmonic_mean.of_posterior(drawn)
    assert found == pytest.approx(log_evidence, abs=0.03)
    assert error < 0.01


def test_what_is_missing_and_not_looked_at_counts_as_the_table_counts_it(table):
    seen = Observation.of(OUTPUTS, {"half": TARGET[2], "speed": TARGET[3]}, missing=["core"])
    exact, climbed = evidence_of(table, seen), evidence_of(table, seen, "nested_slice", seed=1)
    assert climbed.log_value == pytest.approx(exact.log_value, abs=3.0 * climbed.standard_error)


def test_nothing_observed_has_the_evidence_one(table):
    nothing = Observation.of(OUTPUTS, {})
    assert evidence_of(table, nothing).log_value == pytest.approx(0.0, abs=1e-12)
    assert evidence_of(table, nothing, "nested_slice").log_value == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("method", ["nested_slice", "harmonic_mean"])
def test_errors_are_refused_with_the_way_that_takes_them(table, method):
    unsure = Observation.of(OUTPUTS, {"half": 0.1}, errors={"half": 0.2})
    with pytest.raises(ValueError, match='exact values alone; with errors, write method="table"'):
        evidence_of(table, unsure, method)
    assert np.isfinite(evidence_of(table, unsure).log_value)


def test_a_method_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="one of table, nested_slice, harmonic_mean, not 'dice'"):
        evidence_of(table, OBSERVATION, "dice")


def test_the_likelihood_is_asked_at_the_parameters_that_fractions_stand_for():
    """Of parameters on a logarithmic scale too."""
    from nbody_emulator.quantities.quantity import Parameter

    parameters = Parameter("a", "1", 0.5, 8.0, "log"), Parameter("b", "1", -1.0, 3.0, "linear")
    fractions = np.random.default_rng(0).random((5, 2))
    np.testing.assert_allclose(of_the_box(parameters)(fractions), thetas(parameters, fractions), rtol=1e-14)
