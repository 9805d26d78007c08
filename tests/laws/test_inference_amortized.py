"""Amortized posteriors are near those of closed forms, stay in the box, and take what they have learned to take."""

import numpy as np
import pytest
from inference_samples import (
    COVARIANCE,
    OUTPUTS,
    PARAMETERS,
    RESPONSE,
    SCALE_TRIL,
    TARGET,
    closed_form,
    emulator,
    with_states,
)

from nbody_emulator.inference import Observation
from nbody_emulator.inference.amortized import Amortized
from nbody_emulator.inference.flows import Training

QUICK = Training(members=2, batch=200, steps=800, patience=800, learning_rate=5e-3)
OBSERVATION = Observation.of_run(OUTPUTS, TARGET)


@pytest.fixture(scope="module")
def amortized():
    return Amortized.of_draws(emulator(), 20_000, QUICK)


def compared(posterior, mean, spread):
    """Shifts (3,) of the means in deviations of the closed form, and ratios (3,) of the widths."""
    found, deviation = posterior.moments
    expected = np.sqrt(np.diag(spread))
    return (2.0 * found - 1.0 - mean) / expected, 2.0 * deviation / expected


def assert_near(pairs, widest=1.3):
    """Means within 0.3 deviations in the mean square, all widths within 0.8 and `widest`."""
    shifts, ratios = np.swapaxes(pairs, 0, 1)
    assert np.all(np.sqrt(np.mean(np.square(shifts), axis=0)) < 0.3)
    assert np.all((ratios > 0.8) & (ratios < widest))


def observed(count):
    """Transformed outputs (count, 4) of runs well inside the box, where posteriors are Gaussian but for the states."""
    random = np.random.default_rng(1)
    theta = random.uniform(-0.5, 0.5, (count, 3))
    return theta @ RESPONSE.T + random.standard_normal((count, 4)) @ SCALE_TRIL.T


def test_a_linear_gaussian_has_about_the_posterior_of_its_closed_form(amortized):
    assert_near(
        [
            compared(amortized.posterior(Observation.of_run(OUTPUTS, each)), *with_states(each)[:2])
            for each in observed(20)
        ]
    )


def test_what_was_not_looked_at_is_left_out(amortized):
    """Without states, which tell little of a run that has these."""
    places = [0, 2, 3]
    names = [OUTPUTS[place].name for place in places]

    def of_some(target):
        seen = Observation.of(OUTPUTS, dict(zip(names, target[places], strict=True)))
        return compared(amortized.posterior(seen), *closed_form(target[places], COVARIANCE, places)[:2])

    # Few of so few draws have shown just these.
    assert_near([of_some(each) for each in 0.5 * observed(20)], widest=1.45)


def test_nothing_observed_is_about_the_prior(amortized):
    posterior = amortized.posterior(Observation.of(OUTPUTS, {}))
    found, deviation = posterior.moments
    assert np.all(np.abs(found - 0.5) < 0.3 * deviation)
    assert np.all(np.abs(deviation * np.sqrt(12.0) - 1.0) < 0.2)


def test_a_run_without_outputs_most_likely_dissolved(amortized):
    """Where the odds of survival are low; that of a run which has them all lies elsewhere."""
    dissolved = amortized.posterior(Observation.of(OUTPUTS, {}, missing=[each.name for each in OUTPUTS]))
    # Of odds that rise along the first parameter a: the mean of a where exp(-1.5 a) outweighs.
    grid = np.linspace(-1.0, 1.0, 2001)
    weight = 1.0 / (1.0 + np.exp(1.5 * grid))
    expected = np.sum(grid * weight) / np.sum(weight)
    assert 2.0 * dissolved.moments[0][0] - 1.0 == pytest.approx(expected, abs=0.3 * dissolved.moments[1][0])
    assert expected < -0.2


def test_draws_stay_in_the_box_and_seeds_repeat_them(amortized):
    # No run in the box is likely to show this.
    far = Observation.of_run(OUTPUTS, 3.0 * TARGET + 2.0)
    posterior = amortized.posterior(far, draws=5000, seed=3)
    assert posterior.fractions.shape == (5000, 3)
    assert np.all((posterior.fractions >= 0.0) & (posterior.fractions <= 1.0))
    assert np.isfinite(posterior.log_likelihoods).all()
    again = amortized.posterior(far, draws=5000, seed=3)
    assert np.array_equal(posterior.fractions, again.fractions)
    assert not np.array_equal(posterior.fractions, amortized.posterior(far, draws=5000, seed=4).fractions)


def test_the_density_is_that_of_the_draws(amortized):
    posterior = amortized.posterior(OBSERVATION)
    told = amortized.log_density(OBSERVATION, posterior.fractions)
    np.testing.assert_allclose(told, posterior.log_likelihoods, rtol=1e-6, atol=1e-6)
    # One over the prior's volume, by the draws that lie in a box of their own.
    low, high = np.quantile(posterior.fractions, [0.2, 0.8], axis=0)
    inside = np.all((posterior.fractions > low) & (posterior.fractions < high), axis=1)
    volume = np.prod(high - low)
    points = low + (high - low) * np.random.default_rng(1).random((4000, 3))
    mass = volume * np.mean(np.exp(amortized.log_density(OBSERVATION, points)))
    assert mass == pytest.approx(inside.mean(), abs=4.0 * np.sqrt(inside.mean() / 2000))


def of_few_runs(seed=0):
    random = np.random.default_rng(5)
    fractions, noise = random.random((300, 3)), random.standard_normal((300, 4))
    targets = np.where(noise > 1.8, np.nan, fractions @ np.ones((3, 4)) + noise)
    few = Training(members=2, batch=50, steps=30, patience=30, learning_rate=1e-3)
    return Amortized.of_runs(PARAMETERS, OUTPUTS, fractions, targets, few, seed=seed)


def test_the_same_seed_learns_the_same():
    points = np.random.default_rng(2).random((50, 3))
    first = of_few_runs(1).log_density(OBSERVATION, points)
    assert np.isfinite(first).all()
    assert np.array_equal(first, of_few_runs(1).log_density(OBSERVATION, points))
    assert not np.array_equal(first, of_few_runs(2).log_density(OBSERVATION, points))


def test_what_it_cannot_take_is_refused(amortized):
    with pytest.raises(ValueError, match='exact values; with errors, write method="table"'):
        amortized.posterior(Observation.of(OUTPUTS, {"half": 0.1}, errors={"half": 0.2}))
    with pytest.raises(ValueError, match="of the outputs bound, core, half, speed, in this order"):
        amortized.posterior(Observation.of(OUTPUTS[:2], {"bound": 0.1}))
    with pytest.raises(ValueError, match='of all outputs; without some, write method="table"'):
        of_few_runs().posterior(Observation.of(OUTPUTS, {"half": 0.1}))
    with pytest.raises(ValueError, match="no run has core; leave out"):
        nowhere = np.column_stack([np.ones(9), np.full(9, np.nan), np.ones((9, 2))])
        Amortized.of_runs(PARAMETERS, OUTPUTS, np.full((9, 3), 0.5), nowhere)
