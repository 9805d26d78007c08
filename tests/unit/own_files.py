"""Runs of another simulator in files, for the tests of what is read from them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.quantities.file_of_runs import FileOfRuns, read_runs
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter
from nbody_emulator.settings.simulator import TableColumns

KINDS = ("csv", "parquet", "nc")

PARAMETERS = {
    "mass": OwnParameter(minimum=100.0, maximum=1e4, scale="log", unit="Msun"),
    "spin": OwnParameter(minimum=-1.0, maximum=1.0),
}
OUTPUTS = {
    "bound": OwnOutput(transform="logit", resolution=0.01),
    "lifetime": OwnOutput(transform="log", unit="Myr"),
    "shift": OwnOutput(),
}


def frame_of(runs: int = 40, seed: int = 1) -> pd.DataFrame:
    """Good runs at points of their own, of which some have no lifetime."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"mass": 100.0 * 100.0 ** random.random(runs), "spin": random.uniform(-1.0, 1.0, runs)}
    )
    lifetime = np.where(random.random(runs) < 0.1, np.nan, frame["mass"] ** 0.6)
    return frame.assign(
        bound=random.integers(0, 101, runs) / 100, lifetime=lifetime, shift=random.normal(size=runs)
    )


def write_frame(frame: pd.DataFrame, path: Path) -> Path:
    """The frame as a file of the kind that the path says."""
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        xr.Dataset({name: ("run", column.to_numpy()) for name, column in frame.items()}).to_netcdf(path)
    return path


def read_file(
    path: Path,
    blocks: int = 1,
    parameters: Mapping[str, OwnParameter] = PARAMETERS,
    outputs: Mapping[str, OwnOutput] = OUTPUTS,
    **columns: str,
) -> FileOfRuns:
    """As the configuration's door does."""
    return read_runs(path, TableColumns(**columns), parameters, outputs, blocks, "sets.train")
