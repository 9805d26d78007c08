"""Columns of parameters in tidy tables, named with their units."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from nbody_emulator.quantities import Parameter, free_parameters, parameter_units
from nbody_emulator.tables import parameter_columns


def varied(specification: Mapping) -> tuple[Parameter, ...]:
    """The varied parameters of the experiment, sorted by name."""
    return free_parameters(specification["parameters"], parameter_units(specification["units"]))


def run_parameters(dataset: xr.Dataset, specification: Mapping) -> pd.DataFrame:
    """One column a varied parameter, one row a run, from `parameter_values(run, parameter)`."""
    return _columns(dataset["parameter_values"], specification)


def row_parameters(predictions: xr.Dataset, specification: Mapping) -> pd.DataFrame:
    """One column a varied parameter, one row a prediction, from `input(row, parameter)`."""
    return _columns(predictions["input"], specification)


def _columns(values: xr.DataArray, specification: Mapping) -> pd.DataFrame:
    parameters = varied(specification)
    chosen = values.sel(parameter=[parameter.name for parameter in parameters])
    return pd.DataFrame(chosen.transpose(..., "parameter").values, columns=parameter_columns(parameters))
