"""Columns of parameters in tidy tables, named with their units."""

import pandas as pd
import xarray as xr

from nbody_emulator.quantities.coordinates import parameters_in
from nbody_emulator.quantities.tables import parameter_columns


def run_parameters(dataset: xr.Dataset) -> pd.DataFrame:
    """One column a varied parameter, one row a run, from `parameter_values(run, parameter)`."""
    return _columns(dataset, "parameter_values")


def row_parameters(predictions: xr.Dataset) -> pd.DataFrame:
    """One column a varied parameter, one row a prediction, from `input(row, parameter)`."""
    return _columns(predictions, "input")


def _columns(dataset: xr.Dataset, name: str) -> pd.DataFrame:
    parameters = parameters_in(dataset)
    chosen = dataset[name].sel(parameter=[parameter.name for parameter in parameters])
    return pd.DataFrame(chosen.transpose(..., "parameter").values, columns=parameter_columns(parameters))
