"""The families against independent programs that hold the same numbers."""

from itertools import product

import jax
import numpy as np
import pytest
import sklearn.linear_model
from emulators_samples import answered, respond, training_set
from numpy.polynomial.legendre import legvander
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import norm
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor, kernels
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import SVR

from nbody_emulator.emulators.calibrators.constant_variance import ConstantVariance
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.survival import fit_survival
from nbody_emulator.streams import generator, key_integer

KEY = 17
RANDOM = np.random.default_rng(2)
INPUTS = RANDOM.uniform(-1.7, 1.7, (90, 3))
TARGETS = np.sin(2 * INPUTS[:, :2]) + INPUTS[:, 1:] + 0.3 * RANDOM.standard_normal((90, 2))
TRAINING = training_set(INPUTS, TARGETS)
FRESH = RANDOM.uniform(-1.7, 1.7, (40, 3))


def fit(family, training=TRAINING, settings=None, **hyperparameters):
    return FAMILIES.load(family)(**(settings or {}), **hyperparameters).fit(training, KEY)[0]


def test_linear_is_ridge_regression():
    reference = Ridge(alpha=3.0).fit(INPUTS, TARGETS).predict(FRESH)
    np.testing.assert_allclose(
        respond(fit("linear", ridge=3.0), FRESH).mean, reference, rtol=1e-9, atol=1e-11
    )


def test_polynomial_is_least_squares_on_all_monomials():
    basis = PolynomialFeatures(3)
    reference = np.linalg.lstsq(basis.fit_transform(INPUTS), TARGETS, rcond=None)[0]
    # The ridge of 1e-6 that keeps larger ladders solvable moves predictions by about its size.
    np.testing.assert_allclose(
        respond(fit("polynomial", degree=3, ridge=1e-6), FRESH).mean,
        basis.transform(FRESH) @ reference,
        atol=1e-5,
    )


def legendre_terms(inputs, degree, known=INPUTS):
    """All products (n, p) of total degree 0 to `degree`, by NumPy, of inputs mapped by the range of the known ones."""
    lowest, highest = known.min(axis=0), known.max(axis=0)
    places = 2.0 * (inputs - lowest) / (highest - lowest) - 1.0
    norm = np.sqrt(2.0 * np.arange(degree + 1) + 1.0)
    each = [legvander(column, degree) * norm for column in places.T]
    degrees = [orders for orders in product(range(degree + 1), repeat=3) if sum(orders) <= degree]
    return np.stack(
        [np.prod([of[:, n] for of, n in zip(each, orders, strict=True)], 0) for orders in degrees], 1
    )


@pytest.mark.parametrize("degree", [1, 2, 5])
def test_legendre_is_ridge_regression_on_numpys_products(degree):
    reference = Ridge(alpha=3.0, solver="svd").fit(legendre_terms(INPUTS, degree)[:, 1:], TARGETS)
    response = respond(fit("legendre", degree=degree, penalty=3.0), FRESH)
    expected = reference.predict(legendre_terms(FRESH, degree)[:, 1:])
    np.testing.assert_allclose(response.mean, expected, rtol=1e-9, atol=1e-11)
    # The answer is linear in the targets: its variance is the sum of the squared weights of all of them.
    weights = Ridge(alpha=3.0, solver="svd").fit(legendre_terms(INPUTS, degree)[:, 1:], np.eye(90))
    leverage = np.sum(weights.predict(legendre_terms(FRESH, degree)[:, 1:]) ** 2, axis=1)
    np.testing.assert_allclose(response.epistemic_variance, leverage[:, None] * np.ones(2), rtol=1e-9)


def test_an_input_that_is_always_the_same_teaches_legendre_nothing():
    inputs = np.concatenate([INPUTS, np.full((90, 1), 0.7)], axis=1)
    fresh = np.concatenate([FRESH, np.full((40, 1), 0.7)], axis=1)
    found = respond(fit("legendre", training_set(inputs, TARGETS), degree=3, penalty=1e-9), fresh)
    expected = respond(fit("legendre", degree=3, penalty=1e-9), FRESH).mean
    # A ridge of 1e-9 in units of one of 90 rows keeps the equations solvable.
    np.testing.assert_allclose(found.mean, expected, atol=1e-7)


@pytest.mark.parametrize("penalty", [0.01, 0.05])
def test_lasso_is_scikit_learns_and_what_it_leaves_out_is_zero(penalty):
    model = fit("lasso", degree=4, penalty=penalty)
    response = respond(model, FRESH)
    known, fresh = legendre_terms(INPUTS, 4), legendre_terms(FRESH, 4)
    for output, targets in enumerate(TARGETS.T):
        reference = sklearn.linear_model.Lasso(penalty, tol=1e-14, max_iter=10**6).fit(known[:, 1:], targets)
        # Both are descended to, over terms in another order, to duality gaps of 1e-12 and 1e-14 of the sum of squares.
        np.testing.assert_allclose(response.mean[:, output], reference.predict(fresh[:, 1:]), atol=1e-8)
        found = np.asarray(model.coefficients[output])
        left_out = np.sum(found == 0.0)
        assert left_out == np.sum(reference.coef_ == 0.0) and 0 < left_out < len(found) - 1
        np.testing.assert_allclose(np.sort(found[1:]), np.sort(reference.coef_), atol=1e-8)
        assert np.all((np.abs(found) > 1e-9) | (found == 0.0))
        # Least squares on the terms that are left.
        kept = np.append(0, 1 + np.flatnonzero(reference.coef_))
        weights = fresh[:, kept] @ np.linalg.pinv(known[:, kept])
        found = response.epistemic_variance[:, output]
        np.testing.assert_allclose(found, np.sum(weights**2, axis=1), rtol=1e-7)


def test_a_lasso_follows_its_targets_as_least_squares_on_the_terms_it_kept_does():
    step = 1e-4
    moved = [training_set(INPUTS, TARGETS + step * np.eye(90)[row][:, None]) for row in range(90)]
    form = {"degree": 3, "penalty": 0.05}
    at_rest, kept = respond(fit("lasso", **form), FRESH), fit("lasso", **form).coefficients != 0.0
    models = [fit("lasso", each, **form) for each in moved]
    # The same terms are kept: the answer is a plane in the targets there.
    assert all(np.array_equal(each.coefficients != 0.0, kept) for each in models)
    slopes = np.stack([(respond(each, FRESH).mean - at_rest.mean) / step for each in models])
    # Answers are right to 1e-10, which is divided by the step.
    np.testing.assert_allclose(np.sum(slopes**2, axis=0), at_rest.epistemic_variance, rtol=1e-4)


def test_neighbours_are_the_nearest():
    reference = KNeighborsRegressor(n_neighbors=7).fit(INPUTS, TARGETS).predict(FRESH)
    np.testing.assert_allclose(respond(fit("neighbours", neighbours=7), FRESH).mean, reference, rtol=1e-12)


@pytest.mark.parametrize("tube", [0.05, 0.3, 10.0])
def test_support_vectors_are_scikit_learns(tube):
    targets = np.where((np.arange(90) % 3 == 0)[:, None] & [True, False], np.nan, TARGETS)
    training = training_set(INPUTS, targets)
    model = fit("support_vectors", training, settings={"tube": tube}, gamma=1.5, cost=2.0)
    response = respond(model, FRESH)
    counts = []
    for output, column in enumerate(targets.T):
        seen = np.isfinite(column)
        # The kernel's length is that of three inputs.
        reference = SVR(gamma=0.5, C=2.0, epsilon=tube, tol=1e-5).fit(INPUTS[seen], column[seen])
        # Sums of ninety terms of about 1.
        np.testing.assert_allclose(response.mean[:, output], reference.predict(FRESH), atol=1e-12)
        counts.append(len(reference.support_))
    # Both outputs hold as many as the one with more, rounded up, and those that are not there add nothing.
    assert model.dual.shape[1] == -(-max(counts) // 64) * 64
    assert np.count_nonzero(model.dual, axis=1).tolist() == counts


def test_the_epistemic_variance_of_support_vectors_is_their_mean_derivative_by_their_own_targets():
    step, form = 1e-6, {"gamma": 0.6, "cost": 3.0}

    def machine(targets):
        return SVR(gamma=0.2, C=3.0, epsilon=0.1, tol=1e-10).fit(INPUTS, targets).predict(INPUTS)

    found = respond(fit("support_vectors", **form), FRESH).epistemic_variance
    for output, targets in enumerate(TARGETS.T):
        at_rest = machine(targets)
        moved = [machine(targets + step * (np.arange(90) == row))[row] - at_rest[row] for row in range(90)]
        # LIBSVM stops at 1e-10 here, a ten-thousandth of the step.
        np.testing.assert_allclose(found[:, output], np.mean(moved) / step, atol=0.002)


def at_the_thresholds(estimators):
    """Points on, just below and just above what the trees ask, where rounding and ties decide."""
    trees = [tree.tree_ for tree in estimators]
    feature = np.concatenate([tree.feature[tree.feature >= 0] for tree in trees])
    threshold = np.concatenate([tree.threshold[tree.feature >= 0] for tree in trees]).astype(np.float32)
    points = FRESH[np.arange(3 * len(feature)) % len(FRESH)].copy()
    beside = [np.nextafter(threshold, np.float32(direction)) for direction in (-np.inf, np.inf)]
    # XLA takes denormal numbers for zero; no scaled parameter comes that close to it.
    beside = [np.where(np.abs(near) < np.finfo(np.float32).tiny, threshold, near) for near in beside]
    points[np.arange(len(points)), np.tile(feature, 3)] = np.concatenate([threshold, *beside])
    return points


@pytest.mark.parametrize("inputs", [INPUTS, np.round(INPUTS * 8) / 8], ids=["scattered", "on a grid"])
def test_every_tree_answers_as_scikit_learns_does(inputs):
    model = fit("forest", training_set(inputs, TARGETS), settings={"trees": 20}, leaf=2)
    for output in range(2):
        seed = key_integer(KEY, "forest", output) % 2**32
        forest = RandomForestRegressor(20, min_samples_leaf=2, random_state=seed).fit(
            inputs, TARGETS[:, output]
        )
        points = at_the_thresholds(forest.estimators_)
        leaves = np.asarray(jax.jit(jax.vmap(model.leaves))(points))
        values = np.take_along_axis(np.asarray(model.value[output]), leaves[:, output].T, axis=1)
        reference = np.stack([tree.predict(points) for tree in forest.estimators_])
        np.testing.assert_array_equal(values, reference)
        # Sums over trees are taken in another order.
        np.testing.assert_allclose(respond(model, points).mean[:, output], forest.predict(points), atol=1e-14)


def test_the_epistemic_variance_of_a_forest_is_a_trees_sum_of_squared_weights():
    model = fit("forest", training_set(INPUTS, TARGETS), settings={"trees": 20}, leaf=3)
    found = respond(model, FRESH).epistemic_variance
    for output in range(2):
        seed = key_integer(KEY, "forest", output) % 2**32
        targets = TARGETS[:, output]
        forest = RandomForestRegressor(20, min_samples_leaf=3, random_state=seed).fit(INPUTS, targets)
        sums = []
        for tree, drawn in zip(forest.estimators_, forest.estimators_samples_, strict=True):
            alike = tree.apply(FRESH)[:, None] == tree.apply(INPUTS)
            weights = alike * np.bincount(drawn, minlength=90)
            weights = weights / weights.sum(axis=1, keepdims=True)
            np.testing.assert_allclose(weights @ targets, tree.predict(FRESH), atol=1e-12)
            sums.append(np.sum(weights**2, axis=1))
        # Kept in single precision.
        np.testing.assert_allclose(found[:, output], np.mean(sums, axis=0), rtol=1e-6)


@pytest.mark.parametrize("inputs", [INPUTS, np.round(INPUTS * 8) / 8], ids=["scattered", "on a grid"])
def test_boosted_trees_answer_as_scikit_learns_do(inputs):
    training = training_set(inputs, TARGETS)
    model = fit("boosting", training, settings={"rate": 0.2}, trees=30, depth=3)
    for output, targets in enumerate(TARGETS.T):
        reference = boosted(inputs, targets, output, learning_rate=0.2, n_estimators=30, max_depth=3)
        points = at_the_thresholds(reference.estimators_[:, 0])
        leaves = np.asarray(jax.jit(jax.vmap(model.leaves))(points))
        values = np.take_along_axis(np.asarray(model.value[output]), leaves[:, output].T, axis=1)
        trees = reference.estimators_[:, 0]
        np.testing.assert_array_equal(values, np.stack([tree.predict(points) for tree in trees]))
        # Sums over trees are taken in another order.
        found = respond(model, points).mean[:, output]
        np.testing.assert_allclose(found, reference.predict(points), atol=1e-14)


def boosted(inputs, targets, output, **settings):
    """scikit-learn's trees from the seed that ours have."""
    seed = key_integer(KEY, "boosting", output) % 2**32
    settings = {"min_samples_leaf": 5, "random_state": seed, **settings}
    return GradientBoostingRegressor(**settings).fit(inputs, targets)


def test_the_epistemic_variance_of_boosted_trees_is_their_mean_sum_of_squared_weights():
    found = respond(fit("boosting", trees=40, depth=2), FRESH).epistemic_variance
    for output, targets in enumerate(TARGETS.T):
        reference = boosted(INPUTS, targets, output, learning_rate=0.05, n_estimators=40, max_depth=2)
        # An answer is a weighted sum of targets: (row, training run).
        weights = np.full((90, 90), 1 / 90)
        for leaves in reference.apply(INPUTS).T:
            alike = leaves[:, None] == leaves
            weights = weights + 0.05 * alike / alike.sum(axis=1) @ (np.eye(90) - weights)
        np.testing.assert_allclose(weights @ targets, reference.predict(INPUTS), atol=1e-12)
        noise = generator(KEY, "boosting", output, "probes").standard_normal((90, 64))
        np.testing.assert_allclose(found[:, output], np.mean((weights @ noise) ** 2), rtol=1e-10)
        # Four standard errors: the mean of a quadratic form in 64 columns of noise.
        gram = weights.T @ weights / 90
        error = np.sqrt(2 * np.sum(gram**2) / 64)
        np.testing.assert_allclose(found[:, output], np.trace(gram), atol=4 * error)
        assert error < 0.1 * np.trace(gram)


def test_boosting_draws_from_its_key_alone():
    tied = np.concatenate([INPUTS, INPUTS], axis=1)  # which of two alike inputs is asked about is drawn
    training = training_set(tied, TARGETS)
    family = FAMILIES.load("boosting")(trees=20)
    first, again, other = (family.fit(training, key)[0] for key in (1, 1, 2))
    assert all(jax.tree.leaves(jax.tree.map(np.array_equal, first, again)))
    assert not np.array_equal(first.feature, other.feature)


KERNELS = {
    "matern52": lambda length: kernels.Matern(length, nu=2.5),
    "matern32": lambda length: kernels.Matern(length, nu=1.5),
    "squared_exponential": lambda length: kernels.RBF(length),
}
MEANS = {
    "constant": kernels.ConstantKernel(1.0),
    "linear": kernels.DotProduct(sigma_0=1.0),  # sigma_0^2 + x . x
}


def reference_process(model, output, form):
    """scikit-learn's process with the numbers of ours."""
    covariance = jax.tree.map(lambda leaf: np.asarray(leaf[output]), model.covariance)
    kernel = kernels.ConstantKernel(np.exp(covariance.log_variance)) * KERNELS[form["kernel"]](
        np.exp(covariance.log_length)
    )
    noise = np.asarray(covariance.noise(INPUTS))
    return GaussianProcessRegressor(kernel + MEANS[form["mean"]], alpha=noise, optimizer=None), covariance


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("mean", MEANS)
def test_the_process_predicts_as_scikit_learns_does(kernel, mean):
    form = {"kernel": kernel, "mean": mean}
    model = fit("gaussian_process", **form)
    response = respond(model, FRESH)
    for output in range(2):
        process, covariance = reference_process(model, output, form)
        means, deviations = process.fit(INPUTS, TARGETS[:, output]).predict(FRESH, return_std=True)
        noise = np.asarray(covariance.noise(FRESH))
        # Cholesky factors of a matrix with condition number about 1e4, in double precision.
        np.testing.assert_allclose(response.mean[:, output], means, atol=1e-9)
        np.testing.assert_allclose(response.epistemic_variance[:, output], deviations**2, atol=1e-9)
        np.testing.assert_allclose(response.variance[:, output], deviations**2 + noise, atol=1e-9)


def test_the_process_sits_at_a_maximum_of_scikit_learns_likelihood():
    form = {"kernel": "matern52", "mean": "constant"}
    # 65 rows: filled up to 96 inside, which must not be felt.
    rows = training_set(INPUTS[:65], TARGETS[:65])
    process, covariance = reference_process(fit("gaussian_process", rows, **form), 0, form)
    process.fit(INPUTS, TARGETS[:, 0])
    numbers = process.kernel_.theta[:4]  # log variance and log lengths; the level's variance stays fixed at 1
    noise = np.asarray(covariance.noise(INPUTS[:65]))

    def density(step):
        process.set_params(alpha=noise * np.exp(step[4])).fit(INPUTS[:65], TARGETS[:65, 0])
        here = numbers + step[:4]
        # Ours is a posterior: weak priors on the logarithms, as in `marginal_likelihood.PRIOR_*`.
        level = (covariance.noise_level + step[4] + 2.0) / 2.0
        priors = np.array([here[0] / 1.5, *(here[1:] - 0.5), level])
        return process.log_marginal_likelihood(np.append(here, 0.0)) - 0.5 * np.sum(priors**2)

    top = density(np.zeros(5))
    around = [density(step) for step in 0.3 * np.concatenate([np.eye(5), -np.eye(5)])]
    # L-BFGS stops within a few hundredths of a nat.
    assert max(around) < top + 0.05
    assert min(around) < top - 0.5


def one_gaussian(means, variances):
    """Gaussians (n, q) that are sure of their means."""
    return IndependentGaussian(means, variances, np.zeros_like(variances))


def test_a_constant_variance_makes_the_mean_ratio_one():
    means, variances = RANDOM.normal(size=(90, 2)), RANDOM.uniform(0.5, 2.0, (90, 2))
    targets = np.where(RANDOM.random((90, 2)) < 0.2, np.nan, means + RANDOM.standard_normal((90, 2)))
    found = ConstantVariance.fitted(answered(INPUTS, one_gaussian(means, variances)), targets)
    ratio = np.nanmean((targets - means) ** 2 / variances, axis=0)
    np.testing.assert_allclose(ratio, np.exp(found.log_factor), rtol=1e-12)


def test_a_mixtures_constant_variance_is_at_the_optimum_scipy_finds():
    means, own = RANDOM.normal(size=(90, 3, 1)), RANDOM.uniform(0.5, 2.0, (90, 3, 1))
    targets = means[:, 0] + 0.7 * RANDOM.standard_normal((90, 1))
    weights = np.log(np.broadcast_to([0.2, 0.3, 0.5], (90, 3)))
    found = ConstantVariance.fitted(answered(INPUTS, Mixture(weights, one_gaussian(means, own))), targets)

    def objective(value):
        deviations = np.sqrt(own[..., 0] * np.exp(value))
        return -np.sum(np.log(np.sum(np.exp(weights) * norm.pdf(targets, means[..., 0], deviations), axis=1)))

    reference = minimize_scalar(objective, bounds=(-5, 5), method="bounded", options={"xatol": 1e-10}).x
    # Steps of expectation and maximization shrink by a constant factor: the last one is smaller than what is left.
    np.testing.assert_allclose(found.log_factor[0], reference, atol=1e-6)


def quadratic_terms(inputs):
    return PolynomialFeatures(2).fit_transform(inputs)


def test_survival_is_a_logistic_regression_with_one_run_more():
    survived = RANDOM.random(90) < 1 / (1 + np.exp(-1.0 - 2.0 * INPUTS[:, 0] + INPUTS[:, 1] ** 2))
    second = survived & (RANDOM.random(90) < 0.7)
    found = fit_survival(INPUTS, np.stack([survived, second], axis=1))

    def optimum(terms, answers):
        def objective(values):
            score = terms @ values
            likelihood = np.sum(np.logaddexp(0.0, np.where(answers, -score, score)))
            middle = 0.5 * (np.logaddexp(0.0, -values[0]) + np.logaddexp(0.0, values[0]))
            return likelihood + middle + 0.5 * np.sum(values[1:] ** 2)

        start = np.zeros(terms.shape[1])
        return terms @ minimize(objective, start, method="BFGS", options={"gtol": 1e-9}).x

    terms = quadratic_terms(INPUTS)
    survival, existence = jax.vmap(found)(INPUTS)
    # Two optimizers, stopped at gradients of 1e-9 and 1e-10.
    np.testing.assert_allclose(survival, optimum(terms, survived), atol=1e-6)
    np.testing.assert_allclose(existence[survived, 1], optimum(terms[survived], second[survived]), atol=1e-6)


@pytest.mark.parametrize("exists", [True, False])
def test_what_was_always_there_may_still_be_missing(exists):
    found = fit_survival(INPUTS, np.full((90, 1), exists))
    # Jeffreys: half a run more on either side, in closed form.
    share = (90.5 if exists else 0.5) / 91.0
    np.testing.assert_allclose(jax.nn.sigmoid(found(FRESH[0])[0]), share, rtol=1e-12)
