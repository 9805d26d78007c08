"""Distributions against independent programs, numerical integration, their own draws and themselves."""

import functools
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import properscoring
import pytest
import scoringrules
from distributions_samples import (
    COMPONENTS,
    DEVIATIONS,
    DISTRIBUTIONS,
    EACH_GAUSSIAN,
    GAUSSIAN,
    INDEPENDENT,
    LEVELS,
    OUTPUTS,
    SLOPES,
    chained,
)
from scipy.integrate import quad, simpson
from scipy.stats import chi2, kstest, multivariate_normal, norm

from nbody_emulator.emulators.distributions.gridded_mixture import GriddedMixture
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.distributions.normal import Normal
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture
from nbody_emulator.emulators.random_keys import random_key
from nbody_emulator.streams import generator

RANDOM = generator(10, "distributions")
TARGET = jnp.array([0.4, -0.9, 1.3])
EVERY = pytest.mark.parametrize("name", DISTRIBUTIONS)
SUBSETS = [chosen for size in (1, 2) for chosen in itertools.combinations(range(OUTPUTS), size)]
BY_PATHS = {"autoregressive": 0.04}
"""How far what is found by few quasi-random paths may be off: a probability, a density in itself, a mean in spreads."""
FUNCTIONALS = ("log_prob", "cdf", "normal_score", "crps")


def missing(chosen):
    """The target with nothing observed but the outputs `chosen`."""
    return jnp.where(np.isin(np.arange(OUTPUTS), chosen), TARGET, jnp.nan)


def of_marginals(distribution, functional, values=TARGET):
    return jax.vmap(lambda marginal, value: getattr(marginal, functional)(value))(
        distribution.marginals, values
    )


@pytest.mark.parametrize("chosen", [*SUBSETS, (0, 1, 2)])
def test_a_gaussians_density_of_what_was_observed_is_scipys(chosen):
    covariance = np.asarray(GAUSSIAN.covariance)[np.ix_(chosen, chosen)]
    mean, target = np.asarray(GAUSSIAN.mean)[list(chosen)], np.asarray(TARGET)[list(chosen)]
    # Closed forms on both sides: roundings.
    expected = multivariate_normal.logpdf(target, mean, covariance)
    assert GAUSSIAN.log_prob(missing(chosen)) == pytest.approx(expected, rel=1e-12)
    residuals = target - mean
    distance = np.sqrt(residuals @ np.linalg.solve(covariance, residuals))
    assert GAUSSIAN.mahalanobis(missing(chosen)) == pytest.approx(distance, rel=1e-12)


@EVERY
def test_what_is_not_observed_is_integrated_out(name):
    distribution = DISTRIBUTIONS[name].arranged((0, 1))

    def density(*values):
        return float(jnp.exp(log_prob(jnp.array(values))))

    log_prob = eqx.filter_jit(distribution.log_prob)
    for observed in (0, 1):
        target = TARGET[:2].at[1 - observed].set(jnp.nan)
        over_other = quad(
            lambda y: density(*np.insert([float(TARGET[observed])], 1 - observed, y)),  # noqa: B023
            -30.0,
            30.0,
            limit=400,
            points=[-2.0, 0.0, 2.0],
        )[0]
        # What the integral is asked for.
        assert jnp.exp(log_prob(target)) == pytest.approx(over_other, rel=BY_PATHS.get(name, 1e-6))
        alone = distribution.marginal(observed).log_prob(TARGET[observed])
        assert log_prob(target) == pytest.approx(float(alone), rel=1e-10)


def test_a_mixtures_joint_density_is_the_sum_of_its_components():
    mixture = DISTRIBUTIONS["mixture of gaussians"]
    parts = [
        weight * multivariate_normal.pdf(TARGET, mean, triangle @ triangle.T)
        for weight, mean, triangle in zip(
            np.exp(mixture.log_weights), EACH_GAUSSIAN.mean, np.asarray(EACH_GAUSSIAN.scale_tril), strict=True
        )
    ]
    assert jnp.exp(mixture.log_prob(TARGET)) == pytest.approx(sum(parts), rel=1e-12)


def test_a_chain_of_one_linear_gaussian_each_is_the_gaussian_of_all():
    chain = chained(SLOPES[:1], LEVELS[:1, :, :1], DEVIATIONS[:1])
    response = np.linalg.inv(np.eye(OUTPUTS) - SLOPES[0])
    # The last output comes first in the chain.
    covariance = (response @ np.diag(DEVIATIONS[0] ** 2) @ response.T)[::-1, ::-1]
    mean = (response @ LEVELS[0, :, 0])[::-1]
    # The paths have the mean and the covariance of independent normals: roundings.
    np.testing.assert_allclose(chain.mean, mean, atol=1e-9)
    np.testing.assert_allclose(chain.covariance, covariance, atol=1e-9)
    log_prob = eqx.filter_jit(chain.log_prob)
    for chosen in [*SUBSETS, (0, 1, 2)]:
        found = log_prob(missing(chosen))
        places = np.ix_(chosen, chosen)
        expected = multivariate_normal.logpdf(
            TARGET[jnp.array(chosen)], mean[list(chosen)], covariance[places]
        )
        # Exact where nothing is missing but at the end of the chain, the first outputs.
        is_end = chosen == tuple(range(OUTPUTS - len(chosen), OUTPUTS))
        assert found == pytest.approx(expected, abs=1e-9 if is_end else BY_PATHS["autoregressive"])


@EVERY
def test_nothing_observed_says_nothing_and_nothing_predicted_is_no_number(name):
    distribution = DISTRIBUTIONS[name]
    assert distribution.log_prob(jnp.full(OUTPUTS, jnp.nan)) == pytest.approx(0.0, abs=1e-12)
    assert jnp.isnan(distribution.arranged((-1, -1)).log_prob(TARGET[:2]))


@EVERY
@pytest.mark.parametrize("chosen", [(2, 0), (1,), (0, 2, 1)])
def test_outputs_are_taken_in_any_order_with_their_joint_law(name, chosen):
    distribution = DISTRIBUTIONS[name]
    arranged, places = distribution.arranged(chosen), jnp.array(chosen)
    # The smoothing of draws depends on how many outputs there are.
    if name != "draws":
        expected = distribution.log_prob(missing(chosen))
        assert arranged.log_prob(TARGET[places]) == pytest.approx(float(expected), rel=1e-10)
    for matrix in ("covariance", "epistemic_covariance"):
        whole = getattr(distribution, matrix)[jnp.ix_(places, places)]
        np.testing.assert_allclose(getattr(arranged, matrix), whole, rtol=1e-10, atol=1e-12)


@EVERY
def test_an_output_that_was_not_learned_leaves_the_others_alone(name):
    distribution = DISTRIBUTIONS[name]
    gap, alone = distribution.arranged((0, -1, 2)), distribution.arranged((0, 2))
    others = TARGET[jnp.array([0, 2])]
    if name != "draws":
        assert gap.log_prob(TARGET) == pytest.approx(float(alone.log_prob(others)), rel=1e-10)
        assert gap.mahalanobis(TARGET) == pytest.approx(float(alone.mahalanobis(others)), rel=1e-10)
    assert np.isnan(gap.mean[1]) and np.isnan(gap.variance[1]) and np.isfinite(gap.mean[::2]).all()
    assert np.isnan(of_marginals(gap, "cdf")[1])
    assert np.isfinite(gap.energy_score(TARGET, jnp.ones(3), random_key(1), 64))
    assert np.isnan(gap.sample(random_key(1), 5)[:, 1]).all()


DRAWS = 100_000


@functools.cache
def draws_of(name):
    return np.asarray(DISTRIBUTIONS[name].sample(random_key(5), DRAWS))


@EVERY
def test_moments_are_those_of_its_draws(name):
    distribution, drawn = DISTRIBUTIONS[name], draws_of(name)
    variance = np.asarray(distribution.variance)
    np.testing.assert_allclose(np.diagonal(distribution.covariance), variance, rtol=1e-12)
    # Five standard errors of means and covariances; the heaviest tails, the draws' cubes, have kurtosis near 20.
    reach = (5 / np.sqrt(DRAWS) + BY_PATHS.get(name, 0.0)) * np.sqrt(variance)
    assert np.all(np.abs(drawn.mean(axis=0) - distribution.mean) < reach)
    scale = np.sqrt(np.outer(variance, variance) * 20 / DRAWS)
    assert np.all(np.abs(np.cov(drawn.T) - distribution.covariance) < 5 * scale)


@EVERY
def test_marginals_are_those_of_its_draws(name):
    distribution, drawn = DISTRIBUTIONS[name], draws_of(name)
    for place in range(OUTPUTS):
        marginal = distribution.marginal(place)
        shares = [(drawn[:, place] < value).mean() for value in (TARGET[place] - 1, TARGET[place])]
        found = [marginal.cdf(value) for value in (TARGET[place] - 1, TARGET[place])]
        # Five binomial standard errors at their largest.
        np.testing.assert_allclose(found, shares, atol=5 * 0.5 / np.sqrt(DRAWS) + BY_PATHS.get(name, 0.0))
        assert marginal.mean == pytest.approx(float(distribution.mean[place]), abs=1e-12)
        assert marginal.variance == pytest.approx(float(distribution.variance[place]), rel=1e-12)


@EVERY
def test_density_ranked_score_and_quantiles_belong_to_one_distribution_function(name):
    marginal = DISTRIBUTIONS[name].marginal(1)
    value = TARGET[1]
    # The derivative of the distribution function; both closed forms.
    slope = jax.grad(marginal.cdf)(value)
    assert jnp.exp(marginal.log_prob(value)) == pytest.approx(float(slope), rel=1e-10)
    assert norm.cdf(marginal.normal_score(value)) == pytest.approx(float(marginal.cdf(value)), rel=1e-10)
    cdf = eqx.filter_jit(eqx.filter_vmap(marginal.cdf))
    below, above = jnp.linspace(-40.0, value, 40_001), jnp.linspace(value, 40.0, 40_001)
    integral = simpson(cdf(below) ** 2, x=below) + simpson((cdf(above) - 1) ** 2, x=above)
    # Simpson's rule for a smooth function in steps of a thousandth.
    assert marginal.crps(value) == pytest.approx(integral, abs=1e-9)
    for probability in (1e-9, 0.05, 0.5, 0.9, 1 - 1e-9):
        assert marginal.cdf(marginal.icdf(probability)) == pytest.approx(probability, rel=1e-9)


@pytest.mark.parametrize("evenness", [0.01, 0.1, 1.0])
def test_quantiles_of_hundreds_of_narrow_and_wide_parts_have_their_probabilities(evenness):
    parts, mixtures = 384, 20
    probabilities = jnp.asarray(norm.cdf(np.linspace(-4.0, 4.0, 33)))
    ask = eqx.filter_jit(lambda mixture: jax.vmap(mixture.icdf)(probabilities))
    for _ in range(mixtures):
        weights = RANDOM.dirichlet(np.full(parts, evenness)) + 1e-300
        means, widths = RANDOM.normal(size=parts), np.exp(RANDOM.normal(-1.0, 0.7, parts))
        mixture = GriddedMixture(NormalMixture(*map(jnp.asarray, (np.log(weights), means, widths**2))))
        held = weights @ norm.cdf((np.asarray(ask(mixture)) - means[:, None]) / widths[:, None])
        tails = np.minimum(probabilities, 1.0 - probabilities)
        # The steps of the search promise 1e-8; a factor for the worst of so many.
        assert np.max(np.abs(held - probabilities) / tails) < 1e-7


@EVERY
def test_shifted_and_scaled_it_is_what_shifted_and_scaled_runs_have(name):
    distribution = DISTRIBUTIONS[name]
    shift, scale = jnp.array([1.0, -2.0, 0.5]), jnp.array([0.3, 2.0, 1.5])
    moved = distribution.affine(shift, scale)
    density = distribution.log_prob(TARGET) - jnp.sum(jnp.log(scale))
    assert moved.log_prob(shift + scale * TARGET) == pytest.approx(float(density), rel=1e-10)
    np.testing.assert_allclose(
        of_marginals(moved, "crps", shift + scale * TARGET),
        scale * of_marginals(distribution, "crps"),
        rtol=1e-9,
    )
    for matrix in ("covariance", "epistemic_covariance"):
        expected = getattr(distribution, matrix) * jnp.outer(scale, scale)
        np.testing.assert_allclose(getattr(moved, matrix), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["independent", "gaussian", "johnson copula", "draws"])
def test_widened_its_variances_grow_and_its_correlations_stay(name):
    distribution, factor = DISTRIBUTIONS[name], jnp.array([0.5, 2.0, 3.0])
    wide = distribution.widened(factor)
    root = jnp.sqrt(jnp.outer(factor, factor))
    np.testing.assert_allclose(wide.covariance, distribution.covariance * root, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(wide.mean, distribution.mean, rtol=1e-10, atol=1e-12)


def test_a_widened_mixture_has_wider_components_as_far_apart():
    mixture, factor = DISTRIBUTIONS["mixture of independent"], jnp.array([0.5, 2.0, 3.0])
    wide = mixture.widened(factor)
    means = np.asarray(mixture.components.mean)
    between = np.exp(mixture.log_weights) @ (means - mixture.mean) ** 2
    expected = factor * (mixture.variance - between) + between
    np.testing.assert_allclose(wide.variance, expected, rtol=1e-12)


@EVERY
def test_derivatives_are_finite_where_something_is_missing(name):
    slopes = jax.grad(lambda distribution, target: distribution.log_prob(target))(
        DISTRIBUTIONS[name], missing((0, 2))
    )
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))


@EVERY
def test_the_energy_score_is_that_of_scoringrules_on_its_draws(name):
    distribution, draws, key = DISTRIBUTIONS[name], 4000, random_key(7)
    drawn = np.asarray(distribution.sample(key, draws))
    found = distribution.energy_score(TARGET, jnp.ones(OUTPUTS), key, draws)
    expected = scoringrules.es_ensemble(np.asarray(TARGET), drawn, estimator="nrg")
    # Neighbouring pairs against all pairs: the error of a mean of 4000 lengths of which each is about 2 +- 1.
    assert found == pytest.approx(expected, abs=5 * 0.5 / np.sqrt(draws))


def test_the_ranked_score_of_a_mixture_is_that_of_scoringrules():
    weights = RANDOM.dirichlet(np.ones(COMPONENTS), size=50)
    means, variances = RANDOM.normal(size=(50, COMPONENTS)), RANDOM.uniform(0.1, 2.0, size=(50, COMPONENTS))
    target = 3.0 * RANDOM.normal(size=50)
    mixtures = NormalMixture(jnp.log(weights), jnp.asarray(means), jnp.asarray(variances))
    found = jax.vmap(lambda mixture, value: mixture.crps(value))(mixtures, target)
    np.testing.assert_allclose(
        found, scoringrules.crps_mixnorm(target, means, np.sqrt(variances), weights), rtol=1e-10
    )


def test_the_ranked_score_of_random_gaussians_is_that_of_properscoring():
    mean, deviation = RANDOM.normal(size=200), np.exp(RANDOM.normal(size=200))
    value = mean + 3.0 * deviation * RANDOM.normal(size=200)
    found = jax.vmap(lambda *each: Normal(*each[:2]).crps(each[2]))(mean, deviation**2, value)
    # The same closed form: roundings, of differences that cancel a few digits near the mean.
    np.testing.assert_allclose(found, properscoring.crps_gaussian(value, mean, deviation), rtol=1e-11)


def test_the_ranked_score_of_a_gaussian_is_that_of_scoringrules():
    found = of_marginals(INDEPENDENT, "crps")
    expected = scoringrules.crps_normal(
        np.asarray(TARGET), np.asarray(INDEPENDENT.mean), np.sqrt(INDEPENDENT.variance)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_far_out_a_normal_score_is_finite_rising_and_the_nearest_components():
    marginal = DISTRIBUTIONS["mixture of independent"].marginal(0)
    far = jnp.linspace(-90.0, 90.0, 361)
    scores = np.asarray(jax.vmap(marginal.normal_score)(far))
    assert np.all(np.isfinite(scores)) and np.all(np.diff(scores) > 0)
    widest = (far[-1] - marginal.means) / jnp.sqrt(marginal.variances)
    # A weight of w moves the quantile by log w / z.
    assert scores[-1] == pytest.approx(float(widest.min()), abs=0.1)


@pytest.mark.parametrize("functional", FUNCTIONALS)
def test_equal_components_are_one_and_their_order_is_nothing(functional):
    def mixed(order):
        return Mixture.equal(jax.tree.map(lambda leaf: leaf[jnp.array(order)], EACH_GAUSSIAN))

    single = jax.tree.map(lambda leaf: leaf[1], EACH_GAUSSIAN)
    # Sums of few exponentials, in either order.
    for one, other in ((mixed([1, 1, 1]), single), (mixed([0, 1, 2]), mixed([2, 0, 1]))):
        np.testing.assert_allclose(
            of_marginals(one, functional), of_marginals(other, functional), rtol=1e-10, atol=1e-12
        )


@EVERY
def test_smoothing_and_every_class_keep_a_density(name):
    distribution = DISTRIBUTIONS[name].arranged((0, 2))
    log_prob = eqx.filter_jit(eqx.filter_vmap(distribution.log_prob))
    axes = np.linspace(-20.0, 20.0, 161)
    grid = np.stack(np.meshgrid(axes, axes, indexing="ij"), axis=-1).reshape(-1, 2)
    mass = np.exp(log_prob(grid)).sum() * (axes[1] - axes[0]) ** 2
    # A sum over a fine grid of a smooth function that falls off is its integral to many digits.
    assert mass == pytest.approx(1.0, abs=1e-6)


@EVERY
def test_the_level_of_the_region_that_holds_a_run_is_uniform_over_its_runs(name):
    distribution, runs, draws = DISTRIBUTIONS[name], 300, 400

    def level(target):
        return distribution.hpd_level(target, random_key(12), draws)

    levels = np.asarray(eqx.filter_jit(jax.vmap(level))(distribution.sample(random_key(11), runs)))
    # At 300 runs and in steps of 1 / 400; one fixed draw.
    assert kstest(levels, "uniform").pvalue > 1e-3


def test_the_level_of_a_gaussians_region_is_that_of_its_distance():
    level = GAUSSIAN.hpd_level(TARGET, random_key(12), 20_000)
    expected = chi2.cdf(float(GAUSSIAN.mahalanobis(TARGET)) ** 2, OUTPUTS)
    assert level == pytest.approx(expected, abs=5 * 0.5 / np.sqrt(20_000))
    of_two = GAUSSIAN.hpd_level(missing((0, 2)), random_key(12), 20_000)
    expected = chi2.cdf(float(GAUSSIAN.mahalanobis(missing((0, 2)))) ** 2, 2)
    assert of_two == pytest.approx(expected, abs=5 * 0.5 / np.sqrt(20_000))
    assert np.isnan(GAUSSIAN.hpd_level(missing(()), random_key(12), 10))
