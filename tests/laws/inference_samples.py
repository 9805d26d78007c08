"""A planted emulator of which everything is known: outputs that are linear in the parameters, with Gaussian noise."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import multivariate_normal

from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.metadata import Metadata
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.quantities.quantity import Output, Parameter

PARAMETERS = tuple(Parameter(name, "1", -1.0, 1.0, "linear") for name in ("a", "b", "c"))
OUTPUTS = (
    Output("bound", "bound", 1.0, "1", "identity", 0.0),
    Output("core", "core", 1.0, "pc", "log", 0.0),
    Output("half", "half", 1.0, "pc", "identity", 0.0),
    Output("speed", "speed", 1.0, "pc/Myr", "identity", 0.0),
)
RESPONSE = np.array([[1.0, 0.2, -0.3], [0.0, 0.8, 0.4], [-0.5, 0.3, 0.9], [0.6, -0.7, 0.2]])
SCALE_TRIL = 0.12 * np.array([[1.0, 0, 0, 0], [0.4, 0.9, 0, 0], [-0.3, 0.2, 0.9, 0], [0.1, -0.5, 0.3, 0.8]])
COVARIANCE = SCALE_TRIL @ SCALE_TRIL.T
SURVIVAL = 1.5
"""Slope of the log odds of survival along the first parameter."""


class LinearGaussian(eqx.Module):
    """Outputs that are linear in the parameters, with one covariance: everything about them is known."""

    parameters: tuple[Parameter, ...] = eqx.field(static=True)
    scale: jax.Array

    def __call__(self, theta):
        distribution = Gaussian(RESPONSE @ theta, self.scale * SCALE_TRIL, jnp.zeros((4, 4)))
        return Outcome(SURVIVAL * theta[0], jnp.array([9.0, theta[1], 9.0, 9.0]), distribution)


def emulator(scale=1.0, family="linear"):
    metadata = Metadata(family, {}, "none", 0, Seen((), ""), "")
    return Emulator(OUTPUTS, metadata, LinearGaussian(PARAMETERS, jnp.array(scale)))


TRUTH = np.array([0.1, -0.2, 0.15])
TARGET = RESPONSE @ TRUTH + np.array([0.05, -0.08, 0.1, 0.02])
ALL = {"bound": TARGET[0], "core": np.exp(TARGET[1]), "half": TARGET[2], "speed": TARGET[3]}


def closed_form(target, covariance, places):
    """Mean (3,) and covariance (3, 3) of the parameters, and log evidence under the box's uniform density."""
    response, covariance = RESPONSE[places], covariance[np.ix_(places, places)]
    precision = response.T @ np.linalg.solve(covariance, response)
    spread = np.linalg.inv(precision)
    mean = spread @ response.T @ np.linalg.solve(covariance, target)
    best = multivariate_normal(response @ mean, covariance).logpdf(target)
    volume = 0.5 * np.linalg.slogdet(2 * np.pi * spread)[1]
    return mean, spread, best + volume - 3 * np.log(2.0)


def moments(posterior):
    theta = 2.0 * posterior.fractions - 1.0
    mean = posterior.weights @ theta
    return mean, np.einsum("n,ni,nj", posterior.weights, theta - mean, theta - mean)


def tilted(posterior, log_weight):
    """The posterior without what states have told, which is no Gaussian."""
    weights = posterior.weights / np.exp(log_weight(2.0 * posterior.fractions - 1.0))
    return dataclasses.replace(posterior, weights=weights / weights.sum())


def log_state(theta):
    odds = SURVIVAL * theta[:, 0], np.full(len(theta), 9.0), theta[:, 1]
    return -sum(weight * np.logaddexp(0.0, -each) for weight, each in zip((1, 3, 1), odds, strict=True))


def with_states(target):
    """The same of all outputs, with what it tells that the run survived and has a core: moments by quadrature."""
    mean, spread, log_evidence = closed_form(target, COVARIANCE, [0, 1, 2, 3])
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    scores = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = np.prod(
        np.stack(np.meshgrid(weights, weights, weights, indexing="ij"), axis=-1), axis=-1
    ).ravel()
    theta = mean + scores @ np.linalg.cholesky(spread).T
    odds = SURVIVAL * theta[:, 0], np.full(len(theta), 9.0), theta[:, 1]
    log_state = -sum(count * np.logaddexp(0.0, -each) for count, each in zip((1, 3, 1), odds, strict=True))
    states = weights / weights.sum() * np.exp(log_state)
    shares = states / states.sum()
    mean = shares @ theta
    return mean, np.einsum("n,ni,nj", shares, theta - mean, theta - mean), log_evidence + np.log(states.sum())
