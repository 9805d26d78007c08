"""A forecast of posteriors from slopes alone: what they would be if the emulator were a line near the truth.

The information matrix of a Gaussian whose mean and covariance both depend on the parameters, beside a Gaussian of the
prior's variance. Source: Tegmark, Taylor & Heavens 1997 (Astrophys. J. 480, 22), eq. 15.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.points import each_point
from nbody_emulator.inference.landscape import of_the_box
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable

PRIOR_PRECISION = 12.0
"""Of a fraction of the box, which is uniform."""


class Forecast(NamedTuple):
    """Of n runs.

    Attributes:
        standard_deviation: (n, d) of each parameter, as fractions of its box.
        information: (n,) the posterior's relative entropy to the prior, averaged over what may be observed [nats].
    """

    standard_deviation: np.ndarray
    information: np.ndarray


def forecast(table: PredictionTable, fractions: np.ndarray, observations: Sequence[Observation]) -> Forecast:
    """For runs at these fractions (n, d) of the box, with exact values of the outputs that each has.

    By the mean and covariance of the emulator's distribution there, as the table widens it. That an output is missing,
    and shapes other than a Gaussian's, count for nothing. Only families with gradients can be asked.
    """
    present = np.array([each.present for each in observations])
    settings = {"likelihood": table.likelihood, "factor": np.array(table.variance_factor)}
    return Forecast(
        *each_point(_forecast, (len(fractions),), fractions, present, model=table.emulator.model, **settings)
    )


def _forecast(fractions, present, model, likelihood, factor):
    def moments(fractions):
        outcome = likelihood.taken(model(of_the_box(model.parameters)(fractions))).widened(factor)
        return outcome.distribution.mean, outcome.distribution.covariance

    mean, covariance = moments(fractions)
    mean_slope, covariance_slope = jax.jacfwd(moments)(fractions)
    seen = present & jnp.isfinite(mean)
    pair = seen[:, None] & seen
    # What was not observed is a variable of its own, which tells nothing.
    covariance = jnp.where(pair, covariance, jnp.eye(len(mean)))
    mean_slope = jnp.where(seen[:, None], mean_slope, 0.0)
    covariance_slope = jnp.where(pair[..., None], covariance_slope, 0.0)
    by_mean = mean_slope.T @ jnp.linalg.solve(covariance, mean_slope)
    whitened = jnp.linalg.solve(covariance, covariance_slope.reshape(len(mean), -1))
    whitened = whitened.reshape(covariance_slope.shape)
    matrix = by_mean + 0.5 * jnp.einsum("abi,baj->ij", whitened, whitened)
    posterior = jnp.linalg.inv(matrix + PRIOR_PRECISION * jnp.eye(len(fractions)))
    information = 0.5 * jnp.linalg.slogdet(jnp.eye(len(fractions)) + matrix / PRIOR_PRECISION)[1]
    return jnp.sqrt(jnp.diagonal(posterior)), information
