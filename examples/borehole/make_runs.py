"""The files of this folder: runs of the borehole function (Harper & Gupta 1983) as `uqtestfuns` has it.

`python examples/borehole/make_runs.py`
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import qmc
from uqtestfuns import Borehole

BOX = {
    "rw": (0.05, 0.15),
    "r": (100.0, 50_000.0),
    "tu": (63_070.0, 115_600.0),
    "hu": (990.0, 1100.0),
    "tl": (63.1, 116.0),
    "hl": (700.0, 820.0),
    "l": (1120.0, 1680.0),
    "kw": (9985.0, 12_045.0),
}
"""As in Harper & Gupta (1983) and `uqtestfuns`, in the order of the function; r is spread in its logarithm."""

RUNS = {"training": 160, "calibration": 60, "sealed": 100}


def table(points: np.ndarray) -> pd.DataFrame:
    """A row a run: parameters from fractions (n, 8) of the box, and the flow [m3/yr]."""
    low, high = np.array(list(BOX.values())).T
    values = low + points * (high - low)
    values[:, 1] = low[1] * (high[1] / low[1]) ** points[:, 1]
    values = np.array([[float(f"{value:.6g}") for value in row] for row in values])
    flow = [float(f"{each:.8g}") for each in np.ravel(Borehole()(values))]
    return pd.DataFrame(values, columns=list(BOX)).assign(flow=flow)


random = np.random.default_rng(1983)
for name, runs in RUNS.items():
    spread = (
        qmc.LatinHypercube(8, rng=random).random(runs) if name == "training" else random.random((runs, 8))
    )
    table(spread).to_csv(Path(__file__).with_name(f"{name}.csv"), index=False)
