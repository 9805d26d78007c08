"""Parameters and outputs as coordinates of a dataset, so that a file says by itself what its numbers are."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.quantities.quantity import Covariate, Output, Parameter
from nbody_emulator.settings.parameters import Box

with extra("simulation"):
    import xarray as xr

FIXED = "fixed"
"""`parameter_scale` of a parameter that does not vary."""

_OUTPUT_FACTS = {
    "output_units": ("unit", "unit of the untransformed output"),
    "statistic": ("statistic", "statistic the output is read from"),
    "output_time": ("time", "fraction of the run's duration at which it is read"),
    "transform": ("transform", "transform from output value to target"),
    "resolution": ("resolution", "smallest step of the untransformed output that its logit tells apart"),
}
"""Coordinate -> field of an `Output`, and what it is."""


def given_parameters(given: Mapping[str, Any], units: Mapping[str, str]) -> dict[str, tuple]:
    """Coordinates along `parameter` of all that a configuration gives: a box, or a value that does not vary."""
    facts = [
        (name, units[name], value.minimum, value.maximum, value.scale)
        if isinstance(value, Box)
        else (name, units[name], np.nan, np.nan, FIXED)
        for name, value in given.items()
    ]
    return _parameter_coordinates(facts)


def parameter_coordinates(parameters: Sequence[Parameter]) -> dict[str, tuple]:
    """Coordinates along `parameter` of parameters that vary."""
    return _parameter_coordinates(
        [(each.name, each.unit, each.minimum, each.maximum, each.scale) for each in parameters]
    )


def parameters_in(dataset: xr.Dataset) -> tuple[Parameter, ...]:
    """The parameters that vary, in the order of the dataset."""
    columns = ("parameter", "parameter_units", "parameter_minimum", "parameter_maximum", "parameter_scale")
    facts = zip(*(dataset[name].values.tolist() for name in columns), strict=True)
    return tuple(Parameter(*each) for each in facts if each[-1] != FIXED)


def covariate_coordinates(covariates: Sequence[Covariate]) -> dict[str, tuple]:
    """Coordinates along `covariate`."""
    of_star = np.array([each.is_of_star for each in covariates], dtype=np.int8)
    meanings = {
        "covariate": ([each.name for each in covariates], "what is seen of a run before it begins"),
        "covariate_units": ([each.unit for each in covariates], "unit of what is seen"),
        "covariate_scale": ([each.scale for each in covariates], "scale on which it is spread evenly"),
    }
    words = {
        name: ("covariate", np.array(values, dtype=str), {"long_name": meaning})
        for name, (values, meaning) in meanings.items()
    }
    is_of_star = {"long_name": "1 if it is of one star, 0 if of the whole cluster", "units": "1"}
    return words | {"covariate_is_of_star": ("covariate", of_star, is_of_star)}


def covariates_in(dataset: xr.Dataset) -> tuple[Covariate, ...]:
    """The covariates, in the order of the dataset."""
    names = ("covariate", "covariate_units", "covariate_scale", "covariate_is_of_star")
    columns = (dataset[name].values.tolist() for name in names)
    return tuple(
        Covariate.of(name, unit, scale, bool(is_of_star))
        for name, unit, scale, is_of_star in zip(*columns, strict=True)
    )


def output_coordinates(outputs: Sequence[Output]) -> dict[str, tuple]:
    """Coordinates along `output`."""
    names = ("output", [output.name for output in outputs], {"long_name": "emulated output"})
    facts = {
        name: ("output", [getattr(output, field) for output in outputs], _described(meaning, field))
        for name, (field, meaning) in _OUTPUT_FACTS.items()
    }
    return {"output": names, **facts}


def outputs_in(dataset: xr.Dataset) -> tuple[Output, ...]:
    """The outputs, in the order of the dataset."""
    names = dataset["output"].values.tolist()
    columns = {field: dataset[name].values.tolist() for name, (field, _) in _OUTPUT_FACTS.items()}
    rows = zip(*columns.values(), strict=True)
    return tuple(
        Output(name, **dict(zip(columns, row, strict=True))) for name, row in zip(names, rows, strict=True)
    )


def _parameter_coordinates(facts: Sequence[tuple]) -> dict[str, tuple]:
    names, units, minima, maxima, scales = zip(*facts, strict=True) if facts else ((),) * 5
    by_unit: dict[str, Any] = {"units_by": "parameter_units"}
    columns = {
        "parameter": (names, {"long_name": "name of the parameter"}),
        "parameter_units": (units, {"long_name": "unit of the parameter"}),
        "parameter_minimum": (minima, {"long_name": "lower edge of the box; missing where fixed", **by_unit}),
        "parameter_maximum": (maxima, {"long_name": "upper edge of the box; missing where fixed", **by_unit}),
        "parameter_scale": (scales, {"long_name": "scale on which runs are spread evenly in the box"}),
    }
    return {
        name: ("parameter", np.array(values), attributes) for name, (values, attributes) in columns.items()
    }


def _described(meaning: str, field: str) -> dict[str, str]:
    return {"long_name": meaning} | ({"units": "1"} if field in ("time", "resolution") else {})
