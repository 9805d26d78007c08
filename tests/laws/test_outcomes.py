"""What may become of a run: states whose probabilities add up to one, and densities that belong to them."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from distributions_samples import GAUSSIAN, JOHNSON, OUTPUTS
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.evaluation.survival import _of_question
from nbody_emulator.streams import generator

TARGET = jnp.array([0.4, -0.9, 1.3])
OUTCOME = Outcome(jnp.array(1.2), jnp.array([0.5, -0.3, 2.0]), JOHNSON)
PATTERNS = [np.array(pattern) for pattern in itertools.product([True, False], repeat=OUTPUTS)]


def of_state(pattern):
    return jnp.where(pattern, TARGET, jnp.nan)


@pytest.mark.parametrize("outputs", [(0, 1, 2), (1,), (2, 0)])
def test_the_states_of_a_run_add_up_to_one(outputs):
    """Of some outputs too; a run that survives without any of them is not told from one that dissolved."""
    of_some, targets = OUTCOME.arranged(outputs), TARGET[jnp.array(outputs)]
    patterns = itertools.product([True, False], repeat=len(outputs))
    states = [of_some.state_log_prob(jnp.where(np.array(each), targets, jnp.nan)) for each in patterns]
    assert np.exp(states).sum() == pytest.approx(1.0, rel=1e-12)


def test_a_runs_probability_is_that_of_its_state_times_the_density_of_its_outputs():
    for pattern in PATTERNS:
        target = of_state(pattern)
        expected = OUTCOME.state_log_prob(target) + JOHNSON.log_prob(target)
        assert OUTCOME.log_prob(target) == pytest.approx(float(expected), rel=1e-12)
    nothing = OUTCOME.log_prob(jnp.full(OUTPUTS, jnp.nan))
    alone = OUTCOME.survival * np.prod(1 - jax.nn.sigmoid(OUTCOME.existence_log_odds))
    assert nothing == pytest.approx(float(jnp.log(1 - OUTCOME.survival + alone)), rel=1e-12)


def test_an_output_that_was_not_learned_is_in_no_state():
    gap = OUTCOME.arranged((0, -1, 2))
    two = Outcome(
        OUTCOME.survival_log_odds, OUTCOME.existence_log_odds[jnp.array([0, 2])], GAUSSIAN.arranged((0, 2))
    )
    found = gap.state_log_prob(TARGET)
    assert found == pytest.approx(float(two.state_log_prob(TARGET[jnp.array([0, 2])])), rel=1e-12)


def test_what_was_sure_and_wrong_is_charged_and_can_be_differentiated():
    sure = Outcome(jnp.array(800.0), jnp.full(OUTPUTS, 800.0), GAUSSIAN)
    nothing = jnp.full(OUTPUTS, jnp.nan)
    assert sure.state_log_prob(nothing) == pytest.approx(-800.0)
    assert np.isnan(sure.arranged((-1,)).state_log_prob(jnp.array([0.5])))
    slope = jax.grad(lambda odds: Outcome(odds, sure.existence_log_odds, GAUSSIAN).log_prob(nothing))(800.0)
    assert slope == pytest.approx(-1.0)


def test_scores_of_survival_are_those_of_scikit_learn():
    random = generator(3, "survival")
    predicted = np.round(random.random(400), 2)  # with ties
    survived = random.random(400) < predicted
    scores = {
        row[0]: row[1] for row in _of_question(predicted.clip(0.01, 0.99), survived, np.arange(400) % 8)
    }
    clipped = predicted.clip(0.01, 0.99)
    assert scores["brier"] == pytest.approx(brier_score_loss(survived, clipped), rel=1e-12)
    assert scores["nll"] == pytest.approx(log_loss(survived, clipped), rel=1e-12)
    assert scores["auc"] == pytest.approx(roc_auc_score(survived, clipped), rel=1e-12)


def test_the_error_of_the_area_under_the_curve_is_its_scatter():
    found = []
    for number in range(300):
        random = generator(4, "curve", number)
        survived = random.random(200) < 0.8
        predicted = 1 / (1 + np.exp(-(random.standard_normal(200) + survived)))
        rows = {row[0]: row[1:3] for row in _of_question(predicted, survived, np.arange(200) % 8)}
        found.append(rows["auc"])
    values, errors = np.array(found).T
    # Nadeau and Bengio's error of independent rows is sqrt(1 + 8 / 7) times theirs; 300 scatters, 7 degrees of freedom.
    assert errors.mean() / values.std() == pytest.approx(np.sqrt(1 + 8 / 7), rel=0.15)
