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
    table = pd.DataFrame({"position": positions, "value": values}).dropna()
    table = table.sort_values("position", kind="stable")
    bins = min(most_bins, len(table) // ROWS_PER_BIN)
    if bins < 2:
        return pd.DataFrame(columns=["position", "mean", "standard_error", "count"], dtype=float)
    place = np.arange(len(table)) * bins // len(table)
    grouped = table.groupby(place)
    return pd.DataFrame(
        {
            "position": grouped["position"].median(),
            "mean": grouped["value"].mean(),
            "standard_error": grouped["value"].sem(),
            "count": grouped["value"].count(),
        }
    )
