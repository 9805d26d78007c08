"""Numbers of judged posteriors by plain names, from their table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.as_json import nested
from nbody_emulator.levels import per_cent

KEYS = ("family", "likelihood", "variances", "runs")
"""Columns that say whose posteriors they are, and of which runs."""

CURVE = "_curve"
"""How quantities are named that are one point of a curve."""

WHOLE = "all"
"""`parameter` of what is said of all together, `stratum` of all runs."""


def nested_posteriors(table: pd.DataFrame) -> dict:
    """Family -> likelihood -> variances -> runs -> quantity -> level, parameter or `all` -> its number.

    Without curves and without parts of the box; from the table as made or as read from CSV.
    """
    return nested_quantities(table, KEYS)


def nested_quantities(table: pd.DataFrame, keys: Sequence[str]) -> dict:
    """The same with these columns in place of the first four levels."""
    chosen = table[(table["stratum"] == WHOLE) & ~table["quantity"].str.endswith(CURVE)]
    pairs = zip(chosen["level"], chosen["parameter"], strict=True)
    keyed = chosen.assign(key=[per_cent(level) if np.isfinite(level) else name for level, name in pairs])
    return nested(keyed, [*keys, "quantity", "key"], _leaf)


def _leaf(row) -> dict:
    """The value, its standard error and its band, those of them that there are."""
    names = ("value", "standard_error", "band_low", "band_high")
    return {name: float(getattr(row, name)) for name in names if np.isfinite(getattr(row, name))}
