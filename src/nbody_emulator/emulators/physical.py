"""From transformed outputs to their own units, and back."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.quantities.quantity import Output


def inverse(outputs: Sequence[Output], transformed: np.ndarray) -> np.ndarray:
    """Values (..., q) in each output's own unit of transformed ones; transforms rise, so that quantiles carry over."""
    columns = [output.inverse(transformed[..., place]) for place, output in enumerate(outputs)]
    return np.stack(columns, axis=-1)


def forward(outputs: Sequence[Output], values: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Transformed values (..., q) of each output's (...), and the logarithm (...) of what a joint density of these is
    multiplied by to be one of the values themselves; NaN values are missing, and count for nothing.
    """
    transformed = [output.forward(column) for output, column in zip(outputs, values, strict=True)]
    slopes = [output.log_slope(column) for output, column in zip(outputs, values, strict=True)]
    return np.stack(transformed, axis=-1), np.nansum(np.stack(slopes), axis=0)


def moments(
    outputs: Sequence[Output], nodes: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (..., q) of each output from nodes (..., q, m) of its transformed distribution."""
    weights = np.moveaxis(weights, -1, 0)
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # the exponential of a tail that is too heavy for a mean
        values = inverse(outputs, np.moveaxis(nodes, -1, 0))
        mean = np.sum(weights * values, axis=0)
        return mean, np.sqrt(np.sum(weights * (values - mean) ** 2, axis=0))
