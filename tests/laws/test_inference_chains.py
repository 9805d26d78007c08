"""Posteriors by chains are those of closed forms and of the table, and tell where they are not to be trusted."""

import dataclasses

import jax
import numpy as np
import pytest
from inference_samples import (
    ALL,
    COVARIANCE,
    OUTPUTS,
    TARGET,
    closed_form,
    emulator,
    log_state,
    moments,
    tilted,
)

from nbody_emulator.inference import Observation, PredictionTable
from nbody_emulator.inference.chains import Chains, ChainSettings, chains_of
from nbody_emulator.inference.convergence import bulk_size, r_hat, tail_size
from nbody_emulator.inference.true_values import coordinates, true_value
from nbody_emulator.quantities.quantity import Output


@pytest.fixture(scope="module")
def table():
    return PredictionTable.of(emulator())


def seen(values, errors=None, missing=()):
    return Observation.of(OUTPUTS, values, errors, missing)


def assert_same(chains, posterior):
    """Shifts below 0.1 standard deviations, widths within a tenth."""
    assert chains.failures == ()
    (mean, width), (expected, expected_width) = chains.posterior.moments, posterior.moments
    assert np.abs((mean - expected) / expected_width).max() < 0.1
    assert np.abs(width / expected_width - 1.0).max() < 0.1


def test_a_linear_gaussian_has_the_posterior_of_its_closed_form(table):
    found = chains_of(table, [seen(ALL)])[0]
    assert_same(found, table.posterior(seen(ALL)))
    mean, spread, _ = closed_form(TARGET, COVARIANCE, [0, 1, 2, 3])
    drawn_mean, drawn_spread = moments(tilted(found.posterior, log_state))
    deviations = np.sqrt(np.diag(spread))
    np.testing.assert_allclose(drawn_mean, mean, atol=0.1 * deviations.min())
    np.testing.assert_allclose(
        drawn_spread / deviations[:, None] / deviations, spread / deviations[:, None] / deviations, atol=0.2
    )


def test_a_posterior_that_is_too_narrow_for_the_table_is_found():
    """Of outputs with a hundredth of the scatter, from chains that start all over the box."""
    narrow = PredictionTable.of(emulator(0.01), 2**13)
    observation = seen(ALL)
    with pytest.raises(ValueError, match="are worth"):
        narrow.posterior(observation)
    found = chains_of(narrow, [observation])[0]
    assert found.failures == ()
    mean, spread, _ = closed_form(TARGET, 1e-4 * COVARIANCE, [0, 1, 2, 3])
    drawn_mean, drawn_spread = moments(found.posterior)
    deviations = np.sqrt(np.diag(spread))
    assert np.abs((drawn_mean - mean) / deviations).max() < 0.1
    assert np.abs(np.sqrt(np.diag(drawn_spread)) / deviations - 1.0).max() < 0.1


def test_a_likelihood_is_that_of_the_table(table):
    """Of values and of an output that is missing, by another word for the likelihood and another width."""
    observation = seen({"half": ALL["half"], "core": ALL["core"]}, missing=["speed"])
    wider = table.under(table.likelihood, 1.7)
    posterior = chains_of(wider, [observation])[0].posterior
    some = slice(0, None, 500)
    points = posterior.fractions[some]
    told = wider.log_likelihoods_at(points, [observation] * len(points))[:, 0]
    np.testing.assert_allclose(posterior.log_likelihoods[some], told, atol=1e-10)


def test_errors_are_convolved_where_some_values_cannot_be():
    """The error of a length is half of it: one in forty of what it would have be is below zero."""
    told = {name: ALL[name] for name in ("bound", "core", "speed")}
    observation = seen(told, {"bound": 0.1, "core": 0.5 * ALL["core"]})
    assert_same(
        chains_of(PredictionTable.of(emulator(), 2**13), [observation])[0],
        PredictionTable.of(emulator(), 2**17).posterior(observation),
    )


def test_what_is_missing_tells_what_it_tells_the_table(table):
    half_without_core = seen({"half": ALL["half"]}, missing=["core"])
    without_any = seen({}, missing=[output.name for output in OUTPUTS])
    for observation in (half_without_core, without_any):
        assert_same(chains_of(table, [observation])[0], table.posterior(observation))


def test_nothing_observed_is_the_prior(table):
    found = chains_of(table, [seen({})])[0]
    assert_same(found, table.posterior(seen({})))
    assert all(abs(value) < 0.1 for value in found.posterior.contraction.values())
    np.testing.assert_allclose(found.posterior.log_likelihoods, 0.0, atol=1e-10)


def test_a_seed_gives_the_same_draws(table):
    def fractions(seed):
        return chains_of(table, [seen(ALL)], ChainSettings(seed=seed))[0].posterior.fractions

    assert np.array_equal(fractions(3), fractions(3))
    assert not np.isclose(fractions(3), fractions(4)).any()


def test_several_are_each_what_it_is_alone(table):
    """Those that are alike walk together, and all come back in their order."""
    values = [{**ALL, "speed": ALL["speed"] + shift} for shift in (0.0, 0.1, 0.2)]
    observations = [seen(values[0]), seen({"half": 0.4}), seen(values[1]), seen({}), seen(values[2])]
    found = chains_of(table, observations)
    for chains, observation in zip(found, observations, strict=True):
        assert_same(chains, table.posterior(observation))
    first, second = (found[place].posterior.fractions for place in (0, 2))
    assert np.abs(np.corrcoef(first.T, second.T)[:3, 3:]).max() < 0.1


def test_too_few_draws_are_told(table):
    good = chains_of(table, [seen(ALL)])[0]
    few = good.posterior.fractions.reshape(4, -1, 3)[:, :40]
    judged = {"r_hat": r_hat(few), "bulk_size": bulk_size(few), "tail_size": tail_size(few)}
    told = "\n".join(dataclasses.replace(good, **judged).failures)
    for name in ("a", "b", "c"):
        assert f"the bulk of {name} is worth" in told and f"the tail of {name} is worth" in told
    assert "must be worth more than 400" in told


def test_every_check_that_fails_is_told_in_words(table):
    good = chains_of(table, [seen(ALL)])[0]
    bad = dataclasses.replace(
        good,
        r_hat=np.array([1.0, 1.01, np.nan]),
        bulk_size=np.array([400.0, 401.0, np.nan]),
        tail_size=np.array([1e3, 12.0, 1e3]),
        divergences=3,
    )
    assert good.failures == ()
    assert bad.failures == (
        "R-hat of b is 1.010, and must be below 1.01",
        "R-hat of c is nan, and must be below 1.01",
        "the bulk of a is worth 400 independent draws, and must be worth more than 400",
        "the bulk of c is worth nan independent draws, and must be worth more than 400",
        "the tail of b is worth 12 independent draws, and must be worth more than 400",
        "3 trajectories diverged, and none must",
    )


def test_draws_know_their_worth_and_no_evidence(table):
    found: Chains = chains_of(table, [seen(ALL)])[0]
    assert found.posterior.effective_size == found.bulk_size.min()
    assert np.isnan(found.posterior.log_evidence) and np.isnan(found.posterior.information)


def test_a_family_without_slopes_is_refused_with_the_remedy():
    with pytest.raises(
        ValueError, match=r'^the .*forest has no gradients for chains to follow; write method="table"$'
    ):
        chains_of(PredictionTable.of(emulator(family="forest"), 2**13), [seen(ALL)])


def test_settings_that_say_nothing_are_refused():
    with pytest.raises(
        ValueError, match="chains must be 2 or more; draws must be 4 or more; target_accept must be"
    ):
        ChainSettings(chains=1, draws=2, target_accept=1.0)


@pytest.mark.parametrize(
    ("transform", "resolution"), [("identity", 0.0), ("log", 0.0), ("logit", 0.0), ("logit", 1 / 128)]
)
def test_true_values_are_those_of_the_transform(transform, resolution):
    output = Output("share", "share", 1.0, "1", transform, resolution)
    values = np.array([1e-4, 0.02, 0.5, 0.98, 0.9999])
    where = coordinates(output, values)
    found = true_value(output, where)
    np.testing.assert_allclose(found.value, values, rtol=1e-12)
    np.testing.assert_allclose(found.transformed, output.forward(values), atol=1e-11)
    np.testing.assert_allclose(found.log_slope, output.log_slope(values), atol=1e-11)
    slopes = jax.vmap(jax.grad(lambda each: true_value(output, each).value))(where)
    np.testing.assert_allclose(found.log_volume, np.log(slopes), atol=1e-11)
    if transform == "logit":
        assert np.isfinite(coordinates(output, np.array([0.0, 1.0]))).all()


def test_sizes_are_those_of_an_autoregressive_process():
    """Of draws that remember the last one by 0.6 n (1 - 0.6) / (1 + 0.6) are independent; chains apart are told."""
    random = np.random.default_rng(5)
    draws = random.standard_normal((4, 20_000, 2))
    for step in range(1, draws.shape[1]):
        draws[:, step, 1] = 0.6 * draws[:, step - 1, 1] + 0.8 * draws[:, step, 1]
    np.testing.assert_allclose(bulk_size(draws), [80_000, 20_000], rtol=0.1)
    assert np.all(tail_size(draws) > bulk_size(draws) * [0.85, 1.0])
    # Ranks of a monotonic function are the same.
    np.testing.assert_allclose(bulk_size(np.exp(3.0 * draws)), bulk_size(draws), rtol=1e-12)
    np.testing.assert_allclose(r_hat(draws), 1.0, atol=1e-3)
    apart = draws + np.array([0.0, 0.0, 0.0, 0.5])[:, None, None]
    assert np.all(r_hat(apart) > 1.01) and np.all(bulk_size(apart) < 400)
    wandering = draws + np.linspace(0.0, 1.0, 20_000)[:, None]
    assert np.all(r_hat(wandering) > 1.01)
    still = np.zeros((4, 100, 1))
    assert np.isnan(bulk_size(still)).all() and np.isnan(tail_size(still)).all()
