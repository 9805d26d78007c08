"""The shape of residuals: planted shapes come back, and intervals hold where a Gaussian's do not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from emulators_samples import answered
from scipy.stats import binom, johnsonsu

from nbody_emulator.emulators.calibrators.constant_variance import ConstantVariance
from nbody_emulator.emulators.calibrators.residual_shape import ResidualShape
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.johnson import Johnson
from nbody_emulator.emulators.points import each_point
from nbody_emulator.streams import generator

RUNS, OUTPUTS = 3000, 3
SKEW, SPREAD = np.array([-0.5, 0.3, 0.0]), np.array([0.6, 0.5, 0.3])
LOG_SCALE = np.array(
    [[0.2, 0.5, 0.0, 0.0, 0.2, 0.0], [0.0, 0.0, -0.4, 0.0, 0.0, 0.0], [-0.3, 0.0, 0.0, 0.2, 0.0, 0.1]]
)
"""By output: of 1, x, y, x^2, x y, y^2."""
LEVELS = (0.68, 0.90, 0.95)


def test_it_is_scipys_distribution_in_other_words():
    ours = Johnson(*(jnp.array(each) for each in (0.3, 1.7, -0.4, 0.5)))
    reference = johnsonsu(-0.4 / 0.5, 1 / 0.5, loc=0.3, scale=1.7)
    values = np.linspace(-8.0, 12.0, 41)
    for name, theirs in (("log_prob", reference.logpdf), ("cdf", reference.cdf)):
        np.testing.assert_allclose(jax.vmap(getattr(ours, name))(values), theirs(values), rtol=1e-9)
    shares = np.linspace(0.001, 0.999, 21)
    np.testing.assert_allclose(jax.vmap(ours.icdf)(shares), reference.ppf(shares), rtol=1e-9)
    assert ours.mean == pytest.approx(reference.mean(), rel=1e-12)
    assert ours.variance == pytest.approx(reference.var(), rel=1e-10)


def inputs_of(name):
    return generator(5, name).uniform(-1.7, 1.7, (RUNS, 2))


def quadratic(inputs):
    x, y = inputs.T
    return np.stack([np.ones(len(x)), x, y, x**2, x * y, y**2], axis=1)


def correlation(inputs):
    """(n, q, q): the first two outputs are correlated by tanh(0.6 x), the third with neither."""
    first = np.tanh(0.6 * inputs[:, 0])
    matrix = np.tile(np.eye(OUTPUTS), (len(inputs), 1, 1))
    matrix[:, 0, 1] = matrix[:, 1, 0] = first
    return matrix


def residuals(inputs, name):
    standard = generator(6, name).standard_normal((RUNS, OUTPUTS))
    scores = np.einsum("nij,nj->ni", np.linalg.cholesky(correlation(inputs)), standard)
    sinh = np.sinh(SPREAD * scores - SKEW)
    mean = -np.exp(SPREAD**2 / 2) * np.sinh(SKEW)
    growth = np.expm1(SPREAD**2)
    deviation = np.sqrt(0.5 * growth * ((growth + 1) * np.cosh(2 * SKEW) + 1))
    missing = generator(7, name).random((RUNS, OUTPUTS)) < [0.0, 0.0, 0.5]
    return np.where(missing, np.nan, (sinh - mean) / deviation * np.exp(quadratic(inputs) @ LOG_SCALE.T))


def standard(count):
    ones = np.ones((count, OUTPUTS))
    return IndependentGaussian(0.0 * ones, ones, 0.1 * ones)


@pytest.fixture(scope="module")
def shape():
    inputs = inputs_of("training")
    return ResidualShape.fitted(answered(inputs, standard(RUNS)), residuals(inputs, "training"))


def test_it_recovers_the_planted_shape(shape):
    # Errors are about 1 / sqrt(3000) = 0.02 for scales, and a few times that for shapes and correlations.
    np.testing.assert_allclose(shape.log_scale, LOG_SCALE, atol=0.08)
    np.testing.assert_allclose(shape.skew, SKEW, atol=0.15)
    np.testing.assert_allclose(np.exp(shape.log_spread), SPREAD, atol=0.12)
    planted = np.array([[0.0, 0.6, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(shape.partial_correlation, planted, atol=0.12)


def held(calibrator, name):
    """Shares (levels, q) of fresh runs inside the central intervals, and their numbers (q,)."""
    inputs = inputs_of(name)
    targets = residuals(inputs, name)

    def pit(inputs, mean, target, calibrator):
        said = calibrator(IndependentGaussian(mean, jnp.ones(OUTPUTS), 0.1 * jnp.ones(OUTPUTS)), inputs)
        return jax.vmap(lambda marginal, value: marginal.cdf(value))(said.marginals, target)

    pits = each_point(pit, (RUNS,), inputs, np.zeros((RUNS, OUTPUTS)), targets, calibrator=calibrator)
    inside = [np.where(np.isfinite(pits), np.abs(2 * pits - 1) <= level, np.nan) for level in LEVELS]
    return np.nanmean(inside, axis=1), np.isfinite(targets).sum(axis=0)


def test_its_intervals_hold_and_a_gaussians_of_one_width_do_not(shape):
    shares, counts = held(shape, "fresh")
    inputs = inputs_of("training")
    gaussian = ConstantVariance.fitted(answered(inputs, standard(RUNS)), residuals(inputs, "training"))
    wrong, _ = held(gaussian, "fresh")
    for place, level in enumerate(LEVELS):
        # Bands of 99.9 %, a little wider for what was fitted to as many runs.
        low, high = binom.interval(0.999, counts, level) / counts
        middle, reach = (low + high) / 2, np.sqrt(2.0) * (high - low) / 2
        assert np.all(np.abs(shares[place] - middle) < reach), level
        if level == LEVELS[0]:
            assert np.any(np.abs(wrong[place] - middle) > reach)


def test_the_joint_density_is_higher_than_that_of_independent_outputs(shape):
    inputs = inputs_of("fresh")
    targets = residuals(inputs, "fresh")

    def densities(inputs, target, calibrator):
        said = calibrator(
            IndependentGaussian(jnp.zeros(OUTPUTS), jnp.ones(OUTPUTS), jnp.zeros(OUTPUTS)), inputs
        )
        alone = jax.vmap(lambda marginal, value: marginal.log_prob(value))(said.marginals, target)
        return said.log_prob(target), jnp.nansum(alone)

    joint, alone = each_point(densities, (RUNS,), inputs, targets, calibrator=shape)
    r = correlation(inputs)[:, 0, 1]
    # What the planted correlation is worth, within what 3000 runs can tell.
    gain = np.mean(joint - alone)
    assert gain == pytest.approx(
        np.mean(-0.5 * np.log1p(-(r**2))), abs=5 * np.std(joint - alone) / np.sqrt(RUNS)
    )
    assert gain > 0.05


@pytest.mark.parametrize("count", [2, 5, 30])
def test_few_runs_give_a_shape_that_is_finite(count):
    inputs = inputs_of("few")[:count]
    answers = answered(inputs, jax.tree.map(lambda leaf: leaf[:count], standard(RUNS)))
    targets = np.nan_to_num(residuals(inputs_of("few"), "few")[:count]) * (count > 2)
    found = ResidualShape.fitted(answers, targets)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(found))


def test_the_mean_stays_and_the_epistemic_part_is_scaled_alike(shape):
    inputs, one = jnp.array([0.7, -0.4]), jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), standard(1))
    said = shape(one, inputs)
    np.testing.assert_allclose(said.mean, 0.0, atol=1e-12)
    np.testing.assert_allclose(said.epistemic_variance / said.variance, 0.1, rtol=1e-10)


def test_of_few_gaussian_residuals_it_costs_little_beside_one_factor():
    few, found = 24, []
    for number in range(8):
        random = generator(8, "null", number)
        inputs, fresh = (random.uniform(-1.7, 1.7, (count, 2)) for count in (few, 400))
        targets, judged = (random.standard_normal((count, OUTPUTS)) for count in (few, 400))
        answers = answered(inputs, standard(few))
        calibrators = ResidualShape.fitted(answers, targets), ConstantVariance.fitted(answers, targets)
        shaped, factored = (log_densities(each, fresh, judged).mean() for each in calibrators)
        found.append((factored - shaped) / OUTPUTS)
    # Ten numbers more an output, and the correlations, from 24 runs: a tenth of a nat, where the priors hold them.
    assert np.mean(found) < 0.12


def log_densities(calibrator, inputs, targets):
    def log_density(inputs, target, calibrator):
        zero, one = jnp.zeros(OUTPUTS), jnp.ones(OUTPUTS)
        return calibrator(IndependentGaussian(zero, one, zero), inputs).log_prob(target)

    return each_point(log_density, (len(inputs),), inputs, targets, calibrator=calibrator)
