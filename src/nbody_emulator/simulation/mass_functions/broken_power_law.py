"""Masses from a continuous density of power-law pieces, by the inverse of its distribution function."""

from collections.abc import Sequence

import numpy as np


def sample(
    stars: int,
    generator: np.random.Generator,
    *,
    minimum: float,
    maximum: float,
    breaks: Sequence[float],
    slopes: Sequence[float],
) -> np.ndarray:
    """Draw masses (N,) [Msun] between `minimum` and `maximum` from dN/dm ~ m^-slope, piece by piece.

    Args:
        breaks: ascending masses [Msun] at which the slope changes; may lie outside the range.
        slopes: one slope a piece, one more than there are breaks; none equal to 1.
    """
    edges, exponents = _pieces(minimum, maximum, breaks, slopes)
    weights = _heights(edges, exponents) * (edges[1:] ** exponents - edges[:-1] ** exponents) / exponents
    cumulative = np.concatenate([[0.0], np.cumsum(weights)]) / np.sum(weights)
    fractions = generator.random(stars)
    piece = np.searchsorted(cumulative, fractions, side="right") - 1
    within = (fractions - cumulative[piece]) / (cumulative[piece + 1] - cumulative[piece])
    low, high, exponent = edges[piece], edges[piece + 1], exponents[piece]
    return (low**exponent + within * (high**exponent - low**exponent)) ** (1.0 / exponent)


def _pieces(minimum, maximum, breaks, slopes) -> tuple[np.ndarray, np.ndarray]:
    """Edges (P + 1,) of the pieces inside the range and the exponents 1 - slope (P,) of their integrals."""
    inner = [value for value in breaks if minimum < value < maximum]
    first = sum(value <= minimum for value in breaks)
    exponents = 1.0 - np.asarray(slopes[first : first + len(inner) + 1], dtype=float)
    return np.asarray([minimum, *inner, maximum], dtype=float), exponents


def _heights(edges: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Factors (P,) in front of m^-slope that make the density continuous at the inner edges."""
    ratios = edges[1:-1] ** (exponents[:-1] - exponents[1:])
    return np.concatenate([[1.0], np.cumprod(ratios)])
