"""The door of an emulator: parameters by name, and the box outside which it does not answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from nbody_emulator.arrays import broadcast, by_name, shown
from nbody_emulator.emulators.descriptions import box_of
from nbody_emulator.quantities.quantity import Parameter


def stack_parameters(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> np.ndarray:
    """Values by name as one array (..., d) in the order and units of `parameters`, as `arrays.broadcast` does.

    Args:
        values: a mapping from names to values, or a table or row that has names (of pandas, xarray or astropy).

    Raises:
        TypeError: `values` has no names, or is of something else than numbers.
        ValueError: names that are unknown or missing, each told with what would be right, or shapes that do not fit.
    """
    names = [parameter.name for parameter in parameters]
    values = by_name(values, names, "parameters")
    unknown = [name for name in values if name not in names]
    missing = [name for name in names if name not in values]
    if unknown or missing:
        parts = [f"unknown parameter {shown(name)}" for name in unknown] + [
            f"missing parameter {name!r}" for name in missing
        ]
        raise ValueError(f"{'; '.join(parts)}; this emulator takes {', '.join(names)}")
    for name in names:
        if isinstance(values[name], jax.core.Tracer):
            raise TypeError(
                f"{name} must be real numbers, not values that JAX traces; use `distribution` there"
            )
    return broadcast(values, {parameter.name: parameter.unit for parameter in parameters})


def within(parameters: Sequence[Parameter], points: np.ndarray) -> np.ndarray:
    """True (..., d) where a coordinate of points (..., d) is inside the box, ends included."""
    return np.stack([each.holds(points[..., place]) for place, each in enumerate(parameters)], axis=-1)


def fractions_of(parameters: Sequence[Parameter], values: np.ndarray) -> np.ndarray:
    """Where values (..., d) lie in the box: from 0 to 1 inside it, on each parameter's own scale."""
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = [each.to_unit_interval(values[..., place]) for place, each in enumerate(parameters)]
    return np.stack(columns, axis=-1)


def refuse_outside(parameters: Sequence[Parameter], points: np.ndarray, inside: np.ndarray) -> None:
    """Raise ValueError unless all points (n, d) are inside.

    Told are every parameter that left the box, its first value outside and its range.
    """
    if inside.all():
        return
    told = []
    for index in np.flatnonzero(~inside.all(axis=0)).tolist():
        outside = points[~inside[:, index], index]
        more = f" (and {len(outside) - 1} more values)" if len(outside) > 1 else ""
        told.append(f"{parameters[index].name} = {outside[0]:g}{more}, not in {box_of(parameters[index])}")
    raise ValueError(f"outside the box this emulator was trained in: {'; '.join(told)}")
