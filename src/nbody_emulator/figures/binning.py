"""Running means for display: bins that hold equally many rows."""

import numpy as np
import pandas as pd

ROWS_PER_BIN = 8
MOST_BINS = 8


def running_mean(positions: np.ndarray, values: np.ndarray, most_bins: int = MOST_BINS) -> pd.DataFrame:
    """Mean of `values` (n,) in at most so many bins of equally many rows along `positions` (n,).

    Rows with NaN are left out.

    Returns:
        One row a bin: position (median), mean, standard_error (of the mean, from the bin's scatter), count.
        No rows where there are too few for two bins: a single mean would only repeat the average.
    """
    table, place = _binned(positions, values, most_bins)
    if place is None:
        return pd.DataFrame(columns=["position", "mean", "standard_error", "count"], dtype=float)
    grouped = table.groupby(place)
    return pd.DataFrame(
        {
            "position": grouped["position"].median(),
            "mean": grouped["value"].mean(),
            "standard_error": grouped["value"].sem(),
            "count": grouped["value"].count(),
        }
    )


def running_median(positions: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """The same of medians, which any change of scale leaves where they are: position and median."""
    table, place = _binned(positions, values, MOST_BINS)
    if place is None:
        return pd.DataFrame(columns=["position", "median"], dtype=float)
    grouped = table.groupby(place)
    return pd.DataFrame({"position": grouped["position"].median(), "median": grouped["value"].median()})


def _binned(
    positions: np.ndarray, values: np.ndarray, most_bins: int
) -> tuple[pd.DataFrame, np.ndarray | None]:
    """Rows in order of their position, and the bin of each; None where there are too few for two."""
    table = pd.DataFrame({"position": positions, "value": values}).dropna()
    table = table.sort_values("position", kind="stable")
    bins = min(most_bins, len(table) // ROWS_PER_BIN)
    return table, np.arange(len(table)) * bins // len(table) if bins >= 2 else None
