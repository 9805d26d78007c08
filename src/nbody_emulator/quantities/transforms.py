"""Transforms that take an output to the whole real line, where a Gaussian can describe it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Transform:
    """A forward map, its inverse and the forward map's slope, all of (values (...,), resolution)."""

    forward: Callable[[np.ndarray, float], np.ndarray]
    inverse: Callable[[np.ndarray, float], np.ndarray]
    slope: Callable[[np.ndarray, float], np.ndarray]


def _log(values, resolution):
    # A length or speed of zero is a statistic that does not exist, not a very small one.
    return np.log(np.where(values > 0, values, np.nan))


def _inside(fractions, resolution):
    # Half a star is added to both sides, so that "all bound" and "none bound" stay finite.
    return (fractions + 0.5 * resolution) / (1.0 + resolution)


def _logit(fractions, resolution):
    inside = _inside(fractions, resolution)
    return np.log(inside) - np.log1p(-inside)


def _slope_of_logit(fractions, resolution):
    inside = _inside(fractions, resolution)
    return 1.0 / (inside * (1.0 - inside) * (1.0 + resolution))


def _inverse_logit(transformed, resolution):
    inside = 0.5 * (1.0 + np.tanh(0.5 * transformed))
    return np.clip(inside * (1.0 + resolution) - 0.5 * resolution, 0.0, 1.0)


TRANSFORMS = {
    "identity": Transform(
        lambda values, resolution: values,
        lambda transformed, resolution: transformed,
        lambda values, resolution: np.ones_like(values),
    ),
    "log": Transform(
        _log, lambda transformed, resolution: np.exp(transformed), lambda values, resolution: 1.0 / values
    ),
    "logit": Transform(_logit, _inverse_logit, _slope_of_logit),
}
"""Every transform a configuration may name."""
