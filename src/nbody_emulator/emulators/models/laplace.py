"""Trained networks whose last layer has a Gaussian posterior, in closed form.

Given the hidden layers and the variances that a network learned, its means are linear in the weights of the last layer:
with a normal prior on them their posterior is Gaussian, and Laplace's approximation is exact. Sources: MacKay 1992
(Neural Computation 4, 448); Daxberger et al. 2021 (Laplace redux, NeurIPS 34, 20089), section 2.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.ensemble import AbstractEnsemble, trained
from nbody_emulator.emulators.models.gaussian_head import GaussianHead
from nbody_emulator.emulators.models.perceptron import Perceptron
from nbody_emulator.emulators.training import TrainingSet

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.laplace import Laplace

_PRECISIONS, _NOISES = (1e-4, 1e6), (0.1, 10.0)
"""Limits of the prior precision and of the factor on the noise: few runs can leave either open."""


class LaplaceEnsemble(AbstractEnsemble):
    """Networks with a Gaussian for each output, whose means are posterior means.

    Attributes:
        members: stacked on the first axis of every leaf.
        covariance: (members, q, p, p) of the weights with which each output's mean reads the p - 1 features and a one.
    """

    members: Perceptron
    covariance: jax.Array

    def __call__(self, inputs: jax.Array) -> Mixture:
        return Mixture.equal(
            eqx.filter_vmap(_answer, in_axes=(0, 0, None))(self.members, self.covariance, inputs)
        )

    @staticmethod
    def of_each(
        folds: Sequence[TrainingSet], family: "Laplace", keys: Sequence[int]
    ) -> "tuple[list[LaplaceEnsemble], History]":
        # The last layers learn from the runs set aside for early stopping, too.
        head = GaussianHead(folds[0].targets.shape[1])
        ensembles, history = trained(folds, family, head, keys)
        return [_with_posterior(*each) for each in zip(ensembles, folds, strict=True)], history


def _answer(member, covariance, inputs):
    features = member.features(inputs)
    numbers = member.layers[-1](features)
    gaussian = GaussianHead(len(numbers) // 2).distribution(numbers)
    terms = jnp.append(features, 1.0)
    epistemic = jnp.einsum("p,qpr,r->q", terms, covariance, terms)
    return IndependentGaussian(gaussian.mean, gaussian.variance + epistemic, epistemic)


def _with_posterior(members: Perceptron, training: TrainingSet) -> LaplaceEnsemble:
    count = len(members.layers[-1].bias)
    parts = [
        _member(jax.tree.map(lambda leaf, n=number: leaf[n], members), training) for number in range(count)
    ]
    return LaplaceEnsemble(*jax.tree.map(lambda *leaves: jnp.stack(leaves), *parts))


def _member(network: Perceptron, training: TrainingSet) -> tuple[Perceptron, np.ndarray]:
    """The network with posterior means in its last layer, and the covariances (q, p, p) there."""
    features, variances = map(np.asarray, _features(network, training.inputs))
    terms = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    outputs = training.targets.shape[1]
    last = network.layers[-1]
    weight, bias, covariances = np.array(last.weight), np.array(last.bias), []
    for output, (targets, variance) in enumerate(zip(training.targets.T, variances.T, strict=True)):
        seen = np.isfinite(targets)
        posterior = posterior_of(terms[seen], targets[seen], variance[seen])
        weight[output], bias[output] = posterior.mean[:-1], posterior.mean[-1]
        bias[outputs + output] += np.log(posterior.noise)
        covariances.append(posterior.covariance)
    layers = (*network.layers[:-1], type(last)(jnp.asarray(weight), jnp.asarray(bias)))
    return Perceptron(layers), np.stack(covariances)


@eqx.filter_jit
def _features(network, inputs):
    def of_one(point):
        features = network.features(point)
        numbers = network.layers[-1](features)
        return features, GaussianHead(len(numbers) // 2).distribution(numbers).variance

    return jax.vmap(of_one)(inputs)


class Posterior(NamedTuple):
    """Of weights (p,) with which targets are read from terms.

    Attributes:
        mean, covariance: (p,) and (p, p).
        precision: of the weights' normal prior about zero.
        noise: factor on the variances of the noise.
    """

    mean: np.ndarray
    covariance: np.ndarray
    precision: float
    noise: float


def posterior_of(terms: np.ndarray, targets: np.ndarray, variances: np.ndarray) -> Posterior:
    """Linear regression with known relative noise, where prior precision and noise maximize the marginal likelihood.

    Source: MacKay 1992 (Neural Computation 4, 415), equations 2.9 and 2.22, along the singular vectors of the terms.

    Args:
        terms: (n, p).
        targets: (n,), none missing.
        variances: (n,) of the noise, up to one factor.
    """
    from scipy.optimize import minimize  # imported here: a saved emulator does not need it

    weights = 1.0 / np.sqrt(variances)
    left, values, right = np.linalg.svd(terms * weights[:, None], full_matrices=False)
    along = left.T @ (targets * weights)
    rest = max(np.sum((targets * weights) ** 2) - np.sum(along**2), 0.0)
    others = len(targets) - len(values)

    def negative_log_likelihood(logarithms):
        precision, noise = np.exp(logarithms)
        own = values**2 / precision
        total = noise + own
        excess = 1.0 - along**2 / total
        loss = np.sum(np.log(total) + along**2 / total) + others * np.log(noise) + rest / noise
        slopes = -np.sum(own / total * excess), np.sum(noise / total * excess) + others - rest / noise
        return 0.5 * loss, 0.5 * np.array(slopes)

    bounds = [tuple(np.log(each)) for each in (_PRECISIONS, _NOISES)]
    options = {"ftol": 1e-14, "gtol": 1e-10}
    found = minimize(
        negative_log_likelihood, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )
    precision, noise = np.exp(found.x)
    known = values**2 / noise
    mean = right.T @ (values * along / noise / (known + precision))
    # Where the runs say nothing, the prior stands.
    shrinkage = known / (known + precision) / precision
    covariance = np.eye(terms.shape[1]) / precision - (right.T * shrinkage) @ right
    return Posterior(mean, covariance, float(precision), float(noise))
