"""Predictions as columns of numbers, as lines, and as a NetCDF file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nbody_emulator.emulators.emulator import Emulator
    from nbody_emulator.emulators.prediction import Prediction

SURVIVAL = "survival"
"""The column of the probability that a run has any output at all."""

PARTS = {
    "median": "median of new runs that have it: {output}",
    "lower": "lower end of the central {level:g} interval of new runs that have it: {output}",
    "upper": "upper end of the central {level:g} interval of new runs that have it: {output}",
}


def columns_of(prediction: "Prediction", level: float) -> dict[str, np.ndarray]:
    """The survival probability, and each output's median and interval, (n,) each, in the outputs' own units."""
    columns = {SURVIVAL: np.atleast_1d(prediction.probability)}
    low, high = prediction.interval(level)
    for name, *parts in zip(
        prediction,
        *(np.moveaxis(array, -1, 0) for array in (prediction.median, low, high)),
        strict=True,
    ):
        columns |= {
            f"{name}_{part}": np.atleast_1d(values) for part, values in zip(PARTS, parts, strict=True)
        }
    return columns


def lines_of(prediction: "Prediction", level: float) -> Iterator[str]:
    """The prediction of one point, a line an output."""
    columns = columns_of(prediction, level)
    width = max(len(name) for name in prediction)
    for output in prediction.outputs:
        median, low, high = (columns[f"{output.name}_{part}"][0] for part in PARTS)
        unit = "" if output.unit == "1" else f" {output.unit}"
        yield f"{output.name:<{width}}  {median:.4g}{unit}  ({level:.0%}: {low:.4g} to {high:.4g})"
    yield f"survives with probability {columns[SURVIVAL][0]:.3f}; the rest is said of clusters that do"


def write_netcdf(path: Path, emulator: "Emulator", columns: Mapping[str, np.ndarray], level: float) -> None:
    """The columns over the dimension `row`, each with unit and name."""
    from nbody_emulator.extras import extra
    from nbody_emulator.storage import netcdf

    with extra("simulation"):
        import xarray as xr

    attributes = {SURVIVAL: {"units": "1", "long_name": "predicted probability that a run has any output"}}
    for parameter in emulator.parameters:
        attributes[parameter.name] = {"units": parameter.unit, "long_name": f"parameter {parameter.name}"}
    for output in emulator.outputs:
        for part, words in PARTS.items():
            named = {"units": output.unit, "long_name": words.format(level=level, output=output.name)}
            attributes[f"{output.name}_{part}"] = named
    fitted = emulator.metadata
    about = {
        "title": "Predictions of an emulator of star clusters",
        "family": fitted.family,
        "emulator_identity": fitted.identity,
        "description": fitted.description,
    }
    variables = {name: ("row", column, attributes[name]) for name, column in columns.items()}
    netcdf.write(xr.Dataset(variables, attrs=about), path)
