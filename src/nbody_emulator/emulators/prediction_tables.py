"""Predictions as labelled arrays and as tables, with units."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.units import udunits

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from nbody_emulator.emulators.asked import Asked
    from nbody_emulator.emulators.prediction import Prediction


class Column(NamedTuple):
    """One number of every point, and what it is."""

    name: str
    values: np.ndarray
    unit: str
    meaning: str


def dataset_of(prediction: "Prediction", level: float) -> "xr.Dataset":
    """A variable for each column, over the dimensions of the points; parameters as coordinates."""
    with extra("simulation"):
        import xarray as xr

    asked = prediction.asked
    dimensions = tuple(name for name, _ in asked.axes)
    variables = {
        each.name: (dimensions, each.values, _attributes(each)) for each in _columns(prediction, level)
    }
    labels = {name: (name, values) for name, values in asked.axes if values is not None}
    attributes = {"Conventions": "CF-1.11", "title": "What an emulator predicts of new runs"}
    return xr.Dataset(variables, labels | _coordinates(asked), attributes)


def frame_of(prediction: "Prediction", level: float) -> "pd.DataFrame":
    """A row for each point, labelled as the points were; units stand in `attrs["units"]`."""
    with extra("simulation"):
        import pandas as pd

    asked = prediction.asked
    columns = [
        *(
            Column(each.name, asked.values[..., place], each.unit, "parameter")
            for place, each in enumerate(asked.parameters)
        ),
        *_columns(prediction, level),
    ]
    frame = pd.DataFrame({each.name: np.ravel(each.values) for each in columns}, index=_index(asked))
    frame.attrs["units"] = {each.name: each.unit for each in columns}
    return frame


def _columns(prediction: "Prediction", level: float) -> Iterator[Column]:
    yield Column("probability", prediction.probability, "1", "probability that a run survives")
    yield Column(
        "inside", prediction.inside.astype(np.int8), "1", "1 in the box of the training runs, 0 outside"
    )
    for name in prediction:
        one = prediction[name]
        unit = one.outputs[0].unit
        low, high = one.interval(level)
        central = f"central interval of probability {level:g} of {name}"
        yield Column(f"{name}_existence", one.existence, "1", f"probability that a run has {name}")
        yield Column(f"{name}_mean", one.mean, unit, f"mean of {name} over its central 99.99 %")
        yield Column(f"{name}_std", one.std, unit, f"standard deviation of {name} over its central 99.99 %")
        yield Column(f"{name}_median", one.median, unit, f"median of {name}")
        yield Column(f"{name}_lower", low, unit, f"lower end of the {central}")
        yield Column(f"{name}_upper", high, unit, f"upper end of the {central}")


def _attributes(column: Column) -> dict[str, str]:
    return {"long_name": column.meaning, "units": udunits(column.unit)}


def _coordinates(asked: "Asked") -> dict[str, tuple]:
    """Each parameter along the dimensions that it varies along; a dimension of its name has its values already."""
    names = [name for name, _ in asked.axes]
    found = {}
    for place, parameter in enumerate(asked.parameters):
        values, kept = asked.values[..., place], list(names)
        for name in names:
            axis = kept.index(name)
            if values.shape[axis] and np.all(values == values.take([0], axis)):
                values, kept = values.take(0, axis), [each for each in kept if each != name]
        attributes = {"long_name": parameter.name.replace("_", " "), "units": udunits(parameter.unit)}
        # A dimension's own coordinate must lie along it alone.
        is_taken = parameter.name in names and kept != [parameter.name]
        found[f"parameter_{parameter.name}" if is_taken else parameter.name] = (kept, values, attributes)
    return found


def _index(asked: "Asked") -> "pd.Index":
    import pandas as pd

    if not asked.axes:
        return pd.RangeIndex(1, name="point")
    labels = [
        np.arange(size) if values is None else values
        for (_, values), size in zip(asked.axes, asked.shape, strict=True)
    ]
    names = [name for name, _ in asked.axes]
    if len(labels) == 1:
        return pd.Index(labels[0], name=names[0])
    return pd.MultiIndex.from_product(labels, names=names)
