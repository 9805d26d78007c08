"""The door of an emulator: parameters by name, and the box outside which it does not answer."""

from collections.abc import Mapping, Sequence

import numpy as np

from nbody_emulator.quantities import Parameter


def stack_parameters(parameters: Sequence[Parameter], values: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Values by name as one array (..., d) in the order of `parameters`; arrays broadcast against each other.

    Raises:
        ValueError: names that are unknown or missing, each told with what would be right.
    """
    names = [parameter.name for parameter in parameters]
    unknown = sorted(set(values) - set(names))
    missing = [name for name in names if name not in values]
    if unknown or missing:
        parts = [f"unknown parameter {name!r}" for name in unknown] + [
            f"missing parameter {name!r}" for name in missing
        ]
        raise ValueError(f"{'; '.join(parts)}; this emulator takes {', '.join(names)}")
    columns = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in names))
    return np.stack(columns, axis=-1)


def _refuse(parameters, points, inside):
    point, index = np.argwhere(~inside)[0]
    parameter = parameters[index]
    raise ValueError(
        f"{parameter.name} = {points[point, index]:g} lies outside the range this emulator was trained in, "
        f"{parameter.minimum:g} to {parameter.maximum:g} {parameter.unit}"
    )


def _leave_out(parameters, points, inside):
    del parameters, points, inside


_ANSWERS = {"refuse": _refuse, "nan": _leave_out}


def refuse_outside(parameters: Sequence[Parameter], points: np.ndarray, outside: str) -> np.ndarray:
    """True (n,) for points (n, d) inside the box, ends included.

    Args:
        outside: "refuse" or "nan".

    Raises:
        ValueError: with "refuse", the first value outside, named with its range; or `outside` is neither.
    """
    if outside not in _ANSWERS:
        raise ValueError(f"outside must be one of {', '.join(_ANSWERS)}, not {outside!r}")
    low = np.array([parameter.minimum for parameter in parameters])
    high = np.array([parameter.maximum for parameter in parameters])
    inside = (points >= low) & (points <= high)
    if not inside.all():
        _ANSWERS[outside](parameters, points, inside)
    return inside.all(axis=1)
