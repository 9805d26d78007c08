"""Networks with a posterior of their weights, against closed forms where there are any."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from emulators_samples import respond, training_set
from scipy.stats import multivariate_normal
from sklearn.linear_model import BayesianRidge

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.head import AbstractReading
from nbody_emulator.emulators.models.laplace import posterior_of
from nbody_emulator.emulators.models.perceptron import Dense, Perceptron
from nbody_emulator.emulators.models.weight_posterior import WeightPosterior, approximated, sampled
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import random_key
from nbody_emulator.emulators.register import FAMILIES

KEY = 23
RANDOM = np.random.default_rng(4)
INPUTS = RANDOM.uniform(-1.7, 1.7, (60, 3))
TARGETS = np.stack([np.sin(2 * INPUTS[:, 0]), INPUTS[:, 1] * INPUTS[:, 2]], axis=1)
TARGETS = TARGETS + 0.3 * RANDOM.standard_normal((60, 2))
TRAINING = training_set(INPUTS, TARGETS)
FRESH = RANDOM.uniform(-1.7, 1.7, (30, 3))
NOISE = 1.0
"""So much that few runs leave a word to the prior."""


class KnownNoise(AbstractReading):
    """The numbers are means; the variance of the noise is known."""

    def distribution(self, numbers):
        return IndependentGaussian(numbers, jnp.full_like(numbers, NOISE**2), jnp.zeros_like(numbers))


def line(inputs, targets):
    """A network without hidden layers and its exact posterior: mean (4,) and covariance (4, 4) of weights and bias."""
    scales = np.array([0.5, 1.0, 2.0, 1.0])
    layers = (Dense(jnp.asarray(scales[None, :3]), jnp.asarray(scales[3:])),)
    posterior = WeightPosterior.of(training_set(inputs, targets[:, None]), Perceptron(layers), KnownNoise())
    seen = np.isfinite(targets)
    terms = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)[seen]
    covariance = np.linalg.inv(terms.T @ terms / NOISE**2 + np.diag(scales**-2))
    return posterior, covariance @ terms.T @ targets[seen] / NOISE**2, covariance


def weights(posterior, standard):
    """(draws, 4) weights and bias."""
    networks = jax.vmap(posterior.network)(standard)
    return np.concatenate([networks.layers[0].weight[:, 0], networks.layers[0].bias], axis=1)


def test_the_posterior_of_a_linear_network_is_bayesian_linear_regression():
    targets = np.where(RANDOM.random(60) < 0.3, np.nan, TARGETS[:, 0])
    posterior, mean, covariance = line(INPUTS, targets)
    drawn = RANDOM.standard_normal((5, 4))
    values = [posterior.log_likelihood(jnp.asarray(each)) - 0.5 * each @ each for each in drawn]
    exact = multivariate_normal(mean, covariance).logpdf(weights(posterior, jnp.asarray(drawn)))
    # Equal up to one constant: sums of sixty terms.
    np.testing.assert_allclose(np.diff(values), np.diff(exact), rtol=1e-10)


def test_nuts_finds_the_posterior_of_a_linear_network():
    posterior, mean, covariance = line(INPUTS[:6], TARGETS[:6, 0])
    chains = sampled(posterior, random_key(1), chains=4, warmup=300, draws=500)
    assert chains.divergences == 0 and chains.r_hat < 1.02
    drawn = weights(posterior, chains.standard.reshape(-1, 4))
    spread = np.sqrt(np.diag(covariance))
    # Five standard errors, had the 2000 draws the worth of 1000 independent ones: NUTS gives more in four dimensions.
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=5 * spread.max() / np.sqrt(1000))
    np.testing.assert_allclose(drawn.std(axis=0), spread, rtol=5 / np.sqrt(2 * 1000))
    correlation = covariance / np.outer(spread, spread)
    np.testing.assert_allclose(np.corrcoef(drawn.T), correlation, atol=5 / np.sqrt(1000))


def test_variation_finds_an_independent_posterior():
    # Inputs whose columns are orthogonal, to each other and to the constant: no two weights are correlated.
    columns = np.linalg.qr(np.concatenate([np.ones((60, 1)), INPUTS], axis=1))[0][:, 1:] * 2.0
    posterior, mean, covariance = line(columns, TARGETS[:, 0])
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-12)
    standard, loss = approximated(posterior, random_key(1), steps=2000, draws=4000)
    drawn, spread = weights(posterior, standard), np.sqrt(np.diag(covariance))
    # Five standard errors of 4000 draws, and what the optimizer's noise leaves at the end of its schedule.
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=(5 / np.sqrt(4000) + 0.05) * spread.max())
    np.testing.assert_allclose(drawn.std(axis=0), spread, rtol=5 / np.sqrt(2 * 4000) + 0.05)
    assert loss.shape == (2000,) and loss[-1] < loss[0]


def test_laplace_is_bayesian_linear_regression_at_the_most_likely_precisions():
    terms, targets = INPUTS - INPUTS.mean(axis=0), TARGETS[:, 0] - TARGETS[:, 0].mean()
    found = posterior_of(terms, targets, np.full(60, 0.09))
    reference = BayesianRidge(
        fit_intercept=False, tol=1e-12, max_iter=10000, alpha_1=0, alpha_2=0, lambda_1=0, lambda_2=0
    ).fit(terms, targets)
    # Both climb the same likelihood, which is flat at its top: to 1e-12 by fixed points, to 1e-10 of a slope by L-BFGS.
    np.testing.assert_allclose(found.precision, reference.lambda_, rtol=1e-5)
    np.testing.assert_allclose(found.noise * 0.09, 1.0 / reference.alpha_, rtol=1e-5)
    np.testing.assert_allclose(found.mean, reference.coef_, rtol=1e-5)
    np.testing.assert_allclose(found.covariance, reference.sigma_, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("rows", [3, 60])
def test_laplace_weighs_runs_by_their_noise(rows):
    terms = np.concatenate([INPUTS, INPUTS**2, np.ones((60, 1))], axis=1)[:rows]
    targets, variances = TARGETS[:rows, 0], np.exp(INPUTS[:rows, 1])
    found = posterior_of(terms, targets, variances)
    information = terms.T @ (terms / variances[:, None]) / found.noise
    covariance = np.linalg.inv(information + found.precision * np.eye(7))
    # Both from the same two precisions; fewer rows than terms leave the prior, and a condition of up to 1e6.
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-6, atol=1e-9 / found.precision)
    mean = covariance @ (terms.T @ (targets / variances)) / found.noise
    np.testing.assert_allclose(found.mean, mean, rtol=1e-6, atol=1e-8)

    def evidence(precision, noise):
        return multivariate_normal(cov=np.diag(noise * variances) + terms @ terms.T / precision).logpdf(
            targets
        )

    top = evidence(found.precision, found.noise)
    steps = [(1.2, 1.0), (1 / 1.2, 1.0), (1.0, 1.2), (1.0, 1 / 1.2)]
    inside = [(a, b) for a, b in steps if 1e-4 < found.precision * a < 1e6 and 0.1 < found.noise * b < 10]
    assert inside and all(evidence(found.precision * a, found.noise * b) < top for a, b in inside)


NETWORK = {"epochs": 30, "members": 2}


class Moments(NamedTuple):
    """At the fresh points, (n, q)."""

    mean: np.ndarray
    variance: np.ndarray
    epistemic_variance: np.ndarray


def of(family, settings, **hyperparameters):
    return FAMILIES.load(family)(**settings, **hyperparameters).fit(TRAINING, KEY)[0]


def moments(model):
    def told(each):
        return each.mean, each.variance, each.epistemic_variance

    return Moments(*each_point(told, (len(FRESH),), respond(model, FRESH)))


def test_without_dropout_all_versions_are_the_plain_network():
    form = {"width": 8, "weight_decay": 0.5}
    plain = moments(of("network", NETWORK, **form))
    thinned = moments(of("mc_dropout", {**NETWORK, "versions": 3}, dropout=0.0, **form))
    # The same products and sums in the same order, once more.
    np.testing.assert_allclose(thinned.mean, plain.mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(thinned.variance, plain.variance, rtol=1e-9, atol=1e-12)


def test_dropout_answers_with_the_mixture_of_its_thinned_networks():
    model = of("mc_dropout", {**NETWORK, "versions": 20}, dropout=0.3, width=16, weight_decay=0.1)
    kept = np.asarray(model.kept)
    assert kept.shape == (2, 20, 2, 16)
    # A share of 0.3 of 1280 units, within four standard errors; the others carry what those would have.
    assert abs(np.mean(kept == 0.0) - 0.3) < 4 * np.sqrt(0.3 * 0.7 / kept.size)
    np.testing.assert_allclose(kept[kept > 0.0], 1 / 0.7, rtol=1e-15)
    answers = []
    for member, versions in enumerate(kept):
        first, second, last = (
            (np.asarray(layer.weight[member]), np.asarray(layer.bias[member]))
            for layer in model.members.layers
        )
        for of_first, of_second in versions:
            hidden = np.tanh(FRESH @ first[0].T + first[1]) * of_first
            hidden = np.tanh(hidden @ second[0].T + second[1]) * of_second
            answers.append(hidden @ last[0].T + last[1])
    means, log_variances = np.split(np.stack(answers), 2, axis=-1)
    found = moments(model)
    np.testing.assert_allclose(found.mean, means.mean(axis=0), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.epistemic_variance, means.var(axis=0), rtol=1e-9)
    total = np.exp(log_variances).mean(axis=0) + means.var(axis=0)
    np.testing.assert_allclose(found.variance, total, rtol=1e-9)


def test_laplace_keeps_the_hidden_layers_of_the_network_that_it_is_made_of():
    form = {"width": 8, "weight_decay": 0.5}
    plain, laplace = of("network", NETWORK, **form), of("laplace", NETWORK, **form)
    for ours, theirs in zip(laplace.members.layers[:-1], plain.members.layers[:-1], strict=True):
        np.testing.assert_array_equal(ours.weight, theirs.weight)
    assert np.all(np.asarray(moments(laplace).epistemic_variance) > 0.0)


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        ("laplace", NETWORK),
        ("mc_dropout", {**NETWORK, "versions": 5}),
    ],
)
def test_their_answers_have_gradients(family, settings):
    model = of(family, settings)

    def said(point):
        distribution = model(point)
        return distribution.mean, distribution.variance, distribution.log_prob(jnp.array([0.1, jnp.nan]))

    point = FRESH[0]
    slopes, answer = jax.jit(jax.jacfwd(said))(jnp.asarray(point)), jax.jit(said)
    for index in range(3):
        step = 1e-5 * np.eye(3)[index]
        above, below = answer(jnp.asarray(point + step)), answer(jnp.asarray(point - step))
        for slope, up, down in zip(slopes, above, below, strict=True):
            # Central differences in double precision: 1e-10 of curvature and 1e-16 / 1e-5 of rounding.
            np.testing.assert_allclose(slope[..., index], (up - down) / 2e-5, rtol=1e-5, atol=1e-8)
