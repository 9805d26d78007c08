"""Posteriors of runs with known parameters hold what they promise if the likelihood is right, and are seen to fail."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from inference_samples import OUTPUTS, RESPONSE, SCALE_TRIL, emulator
from scipy.stats import kstest, norm

from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference import Observation, PredictionTable
from nbody_emulator.inference.judged import judged
from nbody_emulator.inference.likelihoods.register import LIKELIHOODS
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.variance_factor import LARGEST_ERROR, fitted_factor

RUNS = 300
BROAD = 2.5
"""Scatter, of which the first points of a table make posteriors that are known well enough."""
ONE_IN_A_THOUSAND = 1e-3
"""P-values below which a fixed seed would be called unlucky: each right test fails for so many seeds."""


def runs_of(scale, seed=1):
    return mock_runs(emulator(BROAD * scale), RUNS, seed)


def judged_with(scale, likelihood="joint", factor=1.0, truth=1.0):
    table = PredictionTable.of(emulator(BROAD * scale), 2**14).under(LIKELIHOODS.load(likelihood)(), factor)
    return judged(table, *runs_of(truth), np.random.default_rng(2))


@pytest.fixture(scope="module")
def right():
    return judged_with(1.0)


def uniform(values):
    return kstest(values, "uniform").pvalue


@pytest.mark.parametrize("quantity", ["hpd_level", "random_distance", "distance"])
def test_the_right_posterior_passes(right, quantity):
    assert uniform(getattr(right, quantity)) > ONE_IN_A_THOUSAND


def test_ranks_of_the_right_posterior_are_uniform(right):
    assert min(uniform(ranks) for ranks in right.rank.T) > ONE_IN_A_THOUSAND


@pytest.mark.parametrize("scale", [0.6, 1.7])
def test_posteriors_that_are_too_narrow_or_too_wide_fail(right, scale):
    wrong = judged_with(scale)
    assert uniform(wrong.hpd_level) < 1e-4
    assert uniform(wrong.distance) < 1e-4
    held = np.mean(wrong.hpd_level <= 0.68)
    assert held < 0.6 if scale < 1 else held > 0.76
    # A proper score: the right posterior tells the truth better than any other.
    gain = right.log_posterior - wrong.log_posterior
    assert gain.mean() > 3 * gain.std() / np.sqrt(RUNS)


def test_one_gaussian_is_the_joint_word_of_an_emulator_that_says_gaussian(right):
    correlated = judged_with(1.0, "correlated")
    # Of one Cholesky factor another is computed.
    np.testing.assert_allclose(correlated.log_posterior, right.log_posterior, rtol=0, atol=1e-8)


def test_what_dissolved_tells_nothing_to_a_likelihood_that_does_not_count_it():
    table = PredictionTable.of(emulator()).under(LIKELIHOODS.load("absence_left_out")())
    nothing = Observation.of_run(OUTPUTS, np.full(len(OUTPUTS), np.nan))
    posterior = next(table.posteriors([nothing]))
    np.testing.assert_allclose(posterior.weights, 1.0 / len(posterior.weights))
    with_it = next(table.under(LIKELIHOODS.load("joint")()).posteriors([nothing]))
    assert with_it.information > 0.05


def test_scatter_that_is_left_out_leaves_next_to_no_region():
    """The emulator of these tests claims no ignorance: regions hold nothing of runs that survived."""
    observations = runs_of(1.0)[1]
    survived = np.array([each.present.all() for each in observations])
    found = judged_with(1.0, "scatter_left_out")
    assert np.mean(found.hpd_level[survived] <= 0.95) < 0.2
    assert np.median(found.effective_size[survived]) < 10


def test_the_emulator_s_own_variance_is_what_is_left_out():
    def outcome(share):
        given = emulator().outcome(jnp.zeros(3))
        distribution = given.distribution
        return eqx.tree_at(
            lambda each: each.distribution.epistemic_covariance, given, share * distribution.covariance
        )

    left_out = LIKELIHOODS.load("emulator_variance_left_out")().taken(outcome(0.36))
    np.testing.assert_allclose(left_out.distribution.variance, 0.64 * outcome(0.36).distribution.variance)


@pytest.mark.parametrize("truth", [0.8, 1.4])
def test_calibration_runs_find_by_how_much_variances_are_off(truth):
    """Runs that scatter more than the emulator says, by a factor that is known."""
    table = PredictionTable.of(emulator(BROAD))
    found = fitted_factor(table, *runs_of(truth))
    assert abs(np.log(found.value / truth**2)) < 3 * found.standard_error
    assert found.standard_error < 0.1


def test_the_factor_s_error_is_its_scatter():
    """Over independent sets of runs, whose number fixes the scatter of a scatter to a fifth."""
    table = PredictionTable.of(emulator(BROAD), 2**13)
    sets = [fitted_factor(table, *mock_runs(emulator(BROAD), 100, seed)) for seed in range(14)]
    scatter = np.std(np.log([each.value for each in sets]), ddof=1)
    told = np.mean([each.standard_error for each in sets])
    assert 0.5 < scatter / told < 1.6


def test_runs_that_say_nothing_of_the_factor_leave_it_as_it_is():
    """All of them dissolved, or there are none: what is not known is told by a number that a file can hold."""
    dissolved = Observation.of_run(OUTPUTS, np.full(len(OUTPUTS), np.nan))
    table = PredictionTable.of(emulator(BROAD), 2**13)
    for runs in ([dissolved] * 20, []):
        found = fitted_factor(table, np.full((len(runs), 3), 0.4), runs)
        assert found == (1.0, LARGEST_ERROR)


def test_a_factor_makes_posteriors_of_scattering_runs_right():
    widened = judged_with(1.0, factor=1.4**2, truth=1.4)
    assert uniform(widened.hpd_level) > ONE_IN_A_THOUSAND


def test_distances_have_their_closed_form():
    """Of a normal posterior of one parameter, far from the ends of its box: distances from a point, and regions."""
    table = PredictionTable.of(emulator())
    truth = np.array([[0.55, 0.48, 0.5]])
    run = Observation.of_run(OUTPUTS, RESPONSE @ (2 * truth[0] - 1) + SCALE_TRIL @ [0.5, -0.3, 0.2, 0.1])
    posterior = next(table.posteriors([run]))
    first = Posterior(
        posterior.parameters[:1], posterior.fractions[:, :1], posterior.weights, posterior.log_likelihoods
    )
    (mean,), (spread,) = first.moments
    reference = 0.53
    away = abs(truth[0, 0] - reference)
    nearer = first.weights @ (abs(first.fractions[:, 0] - reference) < away)
    expected = np.diff(norm.cdf([reference - away, reference + away], mean, spread))[0]
    # Points are worth some 500 draws, so well spread that they do better.
    assert abs(nearer - expected) < 0.03


def test_the_same_runs_are_judged_the_same_one_by_one():
    table = PredictionTable.of(emulator(BROAD))
    truths, observations = runs_of(1.0)
    together = judged(table, truths[:20], observations[:20], np.random.default_rng(0))
    alone = [table.posterior(each) for each in observations[:20]]
    np.testing.assert_allclose([each.log_evidence for each in alone], together.log_evidence, rtol=1e-12)


def test_mocks_are_what_the_emulator_says():
    truths, observations = mock_runs(emulator(), 4000, 3)
    theta = 2 * truths - 1
    survived = np.array([each.present.any() for each in observations])
    probability = 1 / (1 + np.exp(-1.5 * theta[:, 0]))
    assert abs(np.mean(survived) - probability.mean()) < 4 * np.sqrt(0.25 / 4000)
    targets = np.array([each.targets for each in observations])
    residual = (targets - theta @ RESPONSE.T)[survived, 0] / SCALE_TRIL[0, 0]
    assert kstest(residual[np.isfinite(residual)], "norm").pvalue > ONE_IN_A_THOUSAND


def test_an_outcome_is_an_outcome_under_every_likelihood():
    for name in LIKELIHOODS.names:
        assert isinstance(LIKELIHOODS.load(name)().taken(emulator().outcome(jnp.zeros(3))), Outcome)
