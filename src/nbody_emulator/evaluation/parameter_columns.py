"""Columns of parameters in tidy tables, named with their units."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.quantities import Parameter


def free_names(specification: Mapping) -> list[str]:
    """The varied parameters, sorted; plain numbers are fixed."""
    return sorted(name for name, box in specification["parameters"].items() if isinstance(box, Mapping))


def boxes(specification: Mapping) -> list[Parameter]:
    """The varied parameters with their scales, sorted; units are no matter where only the box counts."""
    return [Parameter(name, "1", **specification["parameters"][name]) for name in free_names(specification)]


def run_parameters(dataset: xr.Dataset, specification: Mapping) -> pd.DataFrame:
    """One column a varied parameter, one row a run, from `parameter_values(run, parameter)`."""
    return _columns(dataset["parameter_values"], dataset, specification)


def row_parameters(predictions: xr.Dataset, specification: Mapping) -> pd.DataFrame:
    """One column a varied parameter, one row a prediction, from `input(row, parameter)`."""
    return _columns(predictions["input"], predictions, specification)


def _columns(values: xr.DataArray, dataset: xr.Dataset, specification: Mapping) -> pd.DataFrame:
    names = free_names(specification)
    chosen = values.sel(parameter=names).transpose(..., "parameter").values
    units = text_or_number(dataset["parameter_units"].sel(parameter=names)) if "parameter_units" in dataset else None
    titles = [_title(name, unit) for name, unit in zip(names, units if units is not None else ["1"] * len(names), strict=True)]
    return pd.DataFrame(np.asarray(chosen, dtype=float), columns=titles)


def _title(name: str, unit: str) -> str:
    return name if unit == "1" else f"{name} [{unit}]"
