"""Probabilities of intervals as people write them."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import chain


def per_cent(level: float) -> str:
    """`68` for 0.68, `68.27` for 0.6827, `99.99` for 0.9999: exact, so that no two levels are written alike."""
    return f"{(100 * Decimal(repr(float(level)))).normalize():f}"


def ends_of(level: float) -> tuple[float, float]:
    """Probabilities below the lower and below the upper end of the central interval of probability `level`."""
    return 0.5 - 0.5 * level, 0.5 + 0.5 * level


def probabilities_of(levels: Iterable[float]) -> list[float]:
    """Of the median and of the ends of the central intervals of these levels, rising."""
    return sorted({0.5, *chain.from_iterable(map(ends_of, levels))})
