"""runs.csv: one tidy row a run, for whoever works with tables rather than NetCDF."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from nbody_emulator.extras import extra
from nbody_emulator.quantities.tables import column_name
from nbody_emulator.storage.files import replacing

with extra("simulation"):
    import xarray as xr

ORIGIN = (
    "set",
    "role",
    "block",
    "point",
    "replicate",
    "perturbation",
    "status",
    "usable",
    "energy_error",
    "reason",
)


def noted(parts: Iterable[xr.Dataset], path: str | Path) -> Iterator[xr.Dataset]:
    """The same `parts` of a dataset of runs, while their rows are written to `path`: it is there after the last."""
    with replacing(path) as temporary:
        for number, part in enumerate(parts):
            runs_table(part).to_csv(temporary, mode="a", header=number == 0, index=False)
            yield part


def runs_table(runs: xr.Dataset) -> pd.DataFrame:
    """Where every run comes from, how it ended, its parameters and its outputs, with units in the columns' names.

    Outputs are those of `tables.gather`, in the experiment's units and of unusable runs too; empty is missing.
    """
    origin = pd.DataFrame({name: runs[name].values for name in ORIGIN if name in runs})
    origin["status"] = status_words(runs)
    table = pd.concat([origin, _columns(runs, "parameter")], axis=1)
    outputs = _columns(runs, "output")
    # An output may have a parameter's name: the virial ratio at the start and at the end.
    return pd.concat(
        [table, outputs.rename(columns=lambda name: f"output {name}" if name in table else name)], axis=1
    )


def status_words(dataset: xr.Dataset) -> list[str]:
    """The word behind each run's status flag, by the CF attributes `flag_values` and `flag_meanings`."""
    status = dataset["status"]
    flags = np.atleast_1d(status.attrs["flag_values"]).tolist()
    words = dict(zip(flags, status.attrs["flag_meanings"].split(), strict=True))
    return [words[int(flag)] for flag in status.values]


def _columns(runs: xr.Dataset, dimension: str) -> pd.DataFrame:
    values = runs[f"{dimension}_values"].transpose("run", dimension).values
    pairs = zip(
        runs[dimension].values.astype(str), runs[f"{dimension}_units"].values.astype(str), strict=True
    )
    return pd.DataFrame(values, columns=[column_name(*pair) for pair in pairs])
