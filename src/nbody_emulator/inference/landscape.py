"""The posterior of one observation as a density on the whole space, with a gradient everywhere: what a chain walks on.

Parameters are given by the normal scores of their fractions of the box: the uniform prior is standard normal, and what
was not learned is easy to walk. Outputs with errors have true values that are drawn with the parameters. Both are
shifted, scaled and turned so that the posterior is about standard normal too, as far as a rough one tells.
"""

from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from scipy.special import ndtri

from nbody_emulator.emulators.outcome_model import OutcomeModel
from nbody_emulator.emulators.scaling import PhysicalInputs, Scaler, axis_values
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.true_values import coordinates, true_value
from nbody_emulator.quantities.quantity import Output, Parameter

_DRAWS_A_DIMENSION = 10.0
"""That points have to be worth for their covariance to say more than the prior's."""


class ObservedCluster(NamedTuple):
    """What was observed of one cluster, of e outputs with errors; coordinates are `center + triangle @ position`.

    Attributes:
        targets: (q,) transformed; 0 where not measured.
        log_slopes: logarithm of the slopes of the transforms of exact values, added up.
        values, errors: (e,).
        center, triangle: (d + e,) and (d + e, d + e).
    """

    targets: jax.Array
    log_slopes: jax.Array
    values: jax.Array
    errors: jax.Array
    center: jax.Array
    triangle: jax.Array


class Landscape(eqx.Module):
    """What observations of the same outputs have in common.

    Attributes:
        model: of whole outcomes.
        likelihood: what its outcomes are taken for.
        variance_factor: by which the variances of its outputs are widened.
        present, looked_at: (q,) which outputs were measured, and of which it is known whether the cluster has them.
        with_errors: outputs that were measured with errors, and their places.
    """

    model: OutcomeModel
    likelihood: AbstractLikelihood
    variance_factor: jax.Array
    present: jax.Array
    looked_at: jax.Array
    with_errors: tuple[tuple[int, Output], ...] = eqx.field(static=True)

    def fractions(self, position: jax.Array, observed: ObservedCluster) -> jax.Array:
        """(d,) of the box."""
        return ndtr(self._parts(position, observed)[0])

    def potential(self, position: jax.Array, observed: ObservedCluster) -> jax.Array:
        """Minus the logarithm of the density, up to a constant [nats]."""
        box, true = self._parts(position, observed)
        return -self._log_likelihood(ndtr(box), true, observed) - self.log_prior(position, observed)

    def log_prior(self, position: jax.Array, observed: ObservedCluster) -> jax.Array:
        """Of the parameters and of the errors that true values would mean, up to a constant [nats]."""
        box, true = self._parts(position, observed)
        errors = [
            (each.value - value) / error
            for each, value, error in zip(true, observed.values, observed.errors, strict=True)
        ]
        of_errors = sum(each.log_volume - 0.5 * error**2 for each, error in zip(true, errors, strict=True))
        return -0.5 * jnp.sum(box**2) + of_errors

    def _log_likelihood(self, fractions, true, observed):
        """Density of true values in the outputs' units, as a `PredictionTable` has it [nats]."""
        targets, log_slopes = observed.targets, observed.log_slopes
        for (place, _), each in zip(self.with_errors, true, strict=True):
            targets = targets.at[place].set(each.transformed)
            log_slopes = log_slopes + each.log_slope
        theta = of_the_box(self.model.parameters)(fractions)
        outcome = self.likelihood.taken(self.model(theta)).widened(self.variance_factor)
        return outcome.log_prob(targets, self.looked_at, self.present) + log_slopes

    def _parts(self, position, observed):
        """Normal scores of the fractions (d,), and true values of the outputs with errors."""
        where = observed.center + observed.triangle @ position
        count = len(self.model.parameters)
        rest = zip(self.with_errors, where[count:], strict=True)
        return where[:count], [true_value(output, each) for (_, output), each in rest]


def of_the_box(parameters: Sequence[Parameter]) -> PhysicalInputs:
    """From fractions (..., d) of their boxes to parameters (..., d) in their units, for JAX."""
    ends = np.array([[each.minimum for each in parameters], [each.maximum for each in parameters]])
    low, high = axis_values(parameters, ends)
    return PhysicalInputs.of(parameters, Scaler(low, high - low))


def observed_from(
    observation: Observation, rough: Posterior, scores: np.ndarray, starts: int, random: np.random.Generator
) -> tuple[ObservedCluster, np.ndarray]:
    """The observation, and positions (starts, d + e) for chains to start at, by a rough posterior.

    The prior stands for it where its points are worth too little.

    Args:
        rough: on points that fill the prior evenly.
        scores: (n, q) of the errors that it took at these points.
    """
    where = _coordinates(observation, rough.fractions, scores)
    is_enough = rough.effective_size >= _DRAWS_A_DIMENSION * where.shape[1]
    weights = rough.weights if is_enough else np.full(len(where), 1.0 / len(where))
    center = weights @ where
    apart = where - center
    triangle = np.linalg.cholesky((weights[:, None] * apart).T @ apart)
    chosen = random.choice(len(where), size=starts, p=weights)
    positions = np.linalg.solve(triangle, apart[chosen].T).T
    exact = observation.present & (observation.errors == 0.0)
    log_slopes = sum(
        observation.outputs[place].log_slope(observation.values[place]) for place in np.flatnonzero(exact)
    )
    noisy = observation.with_errors
    observed = ObservedCluster(
        targets=jnp.asarray(np.where(observation.present, observation.targets, 0.0)),
        log_slopes=jnp.asarray(float(log_slopes)),
        values=jnp.asarray(observation.values[noisy]),
        errors=jnp.asarray(observation.errors[noisy]),
        center=jnp.asarray(center),
        triangle=jnp.asarray(triangle),
    )
    return observed, positions


def _coordinates(observation: Observation, fractions: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """(n, d + e) of points of the box, and of the true values that these scores stand for."""
    inside = np.clip(fractions, 2.0**-53, 1.0 - 2.0**-53)
    columns = list(ndtri(inside).T)
    for place in np.flatnonzero(observation.with_errors):
        output, value = observation.outputs[place], observation.values[place]
        true = value + observation.errors[place] * scores[:, place]
        columns.append(coordinates(output, np.where(output.suits(true), true, value)))
    return np.stack(columns, axis=1)
