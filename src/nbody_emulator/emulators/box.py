"""The door of an emulator: parameters by name, and the box outside which it does not answer."""

from collections.abc import Mapping, Sequence

import numpy as np

from nbody_emulator.emulators.words import box_of
from nbody_emulator.quantities import Parameter


def stack_parameters(parameters: Sequence[Parameter], values: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Values by name as one array (..., d) in the order of `parameters`; arrays broadcast against each other.

    Raises:
        TypeError: `values` is no mapping, or of something else than numbers.
        ValueError: names that are unknown or missing, each told with what would be right, or shapes that do not fit.
    """
    names = [parameter.name for parameter in parameters]
    if not isinstance(values, Mapping):
        example = ", ".join(f'"{name}": ...' for name in names)
        raise TypeError(f"parameters are given by name, not as {type(values).__name__}: write {{{example}}}")
    unknown = sorted(set(values) - set(names))
    missing = [name for name in names if name not in values]
    if unknown or missing:
        parts = [f"unknown parameter {name!r}" for name in unknown] + [
            f"missing parameter {name!r}" for name in missing
        ]
        raise ValueError(f"{'; '.join(parts)}; this emulator takes {', '.join(names)}")
    columns = [_real_numbers(name, values[name]) for name in names]
    try:
        return np.stack(np.broadcast_arrays(*columns), axis=-1)
    except ValueError:
        told = ", ".join(f"{name} {column.shape}" for name, column in zip(names, columns, strict=True))
        raise ValueError(f"parameters must have shapes that broadcast, not {told}") from None


def _real_numbers(name: str, given) -> np.ndarray:
    try:
        values = np.asarray(given)
    except (TypeError, ValueError):  # rows of different lengths, or values that JAX is still tracing
        values = None
    if values is None or values.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be real numbers, not {given!r:.60}; inside JAX use `transformed`")
    return values.astype(float)


def within(parameters: Sequence[Parameter], points: np.ndarray) -> np.ndarray:
    """True (n, d) where a coordinate of points (n, d) is inside the box, ends included."""
    low = np.array([parameter.minimum for parameter in parameters])
    high = np.array([parameter.maximum for parameter in parameters])
    return (points >= low) & (points <= high)


def refuse_outside(parameters: Sequence[Parameter], points: np.ndarray, inside: np.ndarray) -> None:
    """Raise ValueError unless all points (n, d) are inside.

    Told are every parameter that left the box, its first value outside and its range.
    """
    if inside.all():
        return
    told = []
    for index in np.flatnonzero(~inside.all(axis=0)):
        outside = points[~inside[:, index], index]
        more = f" (and {len(outside) - 1} more values)" if len(outside) > 1 else ""
        told.append(f"{parameters[index].name} = {outside[0]:g}{more}, not in {box_of(parameters[index])}")
    raise ValueError(f"outside the box this emulator was trained in: {'; '.join(told)}")
