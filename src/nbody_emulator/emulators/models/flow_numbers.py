"""What a flow's network says of one output, read as the line and the spline from it to its standard normal."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.models.autoregressive_head import HIGHEST_LOG_DEVIATION, LOWEST_LOG_DEVIATION

REACH = 4.0
"""Of a spline to both sides, in standard deviations: beyond it is the identity."""

_SMALLEST_SLOPE, _SMALLEST_STEP = 1e-3, 1e-3
"""Of a spline, so that it has an inverse."""

_FIRST_SLOPE = float(np.log(np.expm1(1.0 - _SMALLEST_SLOPE)))
"""What is added to a slope's number: of zero the slope is one."""


class FlowNumbers(NamedTuple):
    """The score of an output is the spline of (output - mean) / deviation.

    Attributes:
        mean, deviation: of the line.
        places, scores: (k + 2,) of the spline's k knots and ends, and what it is there; both rise.
        slopes: (k + 2,) of the spline there, above zero.
    """

    mean: jax.Array
    deviation: jax.Array
    places: jax.Array
    scores: jax.Array
    slopes: jax.Array


def numbers_of(knots: int) -> int:
    """How many a network says of each output."""
    return 2 + 2 * (knots + 1) + knots + 2


def read_numbers(numbers: jax.Array) -> FlowNumbers:
    """Of numbers (m,) that are all zero, the line and the spline are the identity."""
    steps = len(numbers) // 3 - 1
    mean, log_deviation, across, up, slopes = jnp.split(numbers, [1, 2, 2 + steps, 2 + 2 * steps])
    clipped = jnp.clip(log_deviation[0], LOWEST_LOG_DEVIATION, HIGHEST_LOG_DEVIATION)
    slopes = jax.nn.softplus(slopes + _FIRST_SLOPE) + _SMALLEST_SLOPE
    return FlowNumbers(mean[0], jnp.exp(clipped), _rising(across), _rising(up), slopes)


def _rising(numbers):
    """(k + 2,) from one end of the reach to the other, in steps that numbers (k + 1,) tell."""
    free = 2.0 * REACH - _SMALLEST_STEP * len(numbers)
    steps = _SMALLEST_STEP + free * jax.nn.softmax(numbers)
    end = jnp.full(1, REACH, numbers.dtype)
    return jnp.concatenate([-end, jnp.cumsum(steps)[:-1] - REACH, end])
