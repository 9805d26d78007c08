"""Probabilities of intervals as people write them."""

from decimal import Decimal
from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)


def per_cent(level: float) -> str:
    """`68` for 0.68, `68.27` for 0.6827, `99.99` for 0.9999: exact, so that no two levels are written alike."""
    return f"{(100 * Decimal(repr(float(level)))).normalize():f}"


def ends_of(level: Number) -> tuple[Number, Number]:
    """Probabilities below the lower and below the upper end of the central interval of probability `level`."""
    return 0.5 - 0.5 * level, 0.5 + 0.5 * level
