"""The true values behind measured ones, in coordinates without edges: no step along them leads to what cannot be."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.quantities.transforms import TRANSFORMS

_NEAREST = 1e-9
"""To 0 and 1: how near a share is taken to be that is measured to be one of them."""

_NO_STEP = 0.0
"""The resolution of true values: unlike measured ones, they take every value between."""


class TrueValue(NamedTuple):
    """A true value at a real coordinate, for JAX.

    Attributes:
        value: in the output's unit.
        transformed: what `Output.forward` makes of it.
        log_slope: what `Output.log_slope` says there.
        log_volume: logarithm of the value's slope along the coordinate.
    """

    value: jax.Array
    transformed: jax.Array
    log_slope: jax.Array
    log_volume: jax.Array


def true_value(output: Output, coordinate: jax.Array) -> TrueValue:
    """At any real `coordinate`: the value itself, its logarithm, or its logit."""
    return _KINDS[output.transform](coordinate, output.resolution)


def coordinates(output: Output, values: np.ndarray) -> np.ndarray:
    """Where along the coordinate possible values (...,) lie."""
    inside = np.clip(values, _NEAREST, 1.0 - _NEAREST) if output.transform == "logit" else values
    return TRANSFORMS[output.transform].forward(inside, _NO_STEP)


def _of_identity(coordinate, resolution):
    del resolution
    return TrueValue(coordinate, coordinate, jnp.zeros_like(coordinate), jnp.zeros_like(coordinate))


def _of_log(coordinate, resolution):
    del resolution
    return TrueValue(jnp.exp(coordinate), coordinate, -coordinate, coordinate)


def _of_logit(coordinate, resolution):
    # Each from its own side: one minus a share close to one has no digits.
    low, high = (jnp.log(jax.nn.sigmoid(each) + 0.5 * resolution) for each in (coordinate, -coordinate))
    log_slope = jnp.log1p(resolution) - low - high
    log_volume = jax.nn.log_sigmoid(coordinate) + jax.nn.log_sigmoid(-coordinate)
    return TrueValue(jax.nn.sigmoid(coordinate), low - high, log_slope, log_volume)


_KINDS = {"identity": _of_identity, "log": _of_log, "logit": _of_logit}
