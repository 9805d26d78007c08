"""The door of an emulator: parameters by name, and the box outside which it does not answer."""

from collections.abc import Mapping, Sequence

import numpy as np

from nbody_emulator.emulators.words import box_of
from nbody_emulator.quantities import Parameter


def stack_parameters(parameters: Sequence[Parameter], values: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Values by name as one array (..., d) in the order of `parameters`; arrays broadcast against each other.

    Raises:
        TypeError: `values` is no mapping.
        ValueError: names that are unknown or missing, each told with what would be right.
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
    columns = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in names))
    return np.stack(columns, axis=-1)


def _refuse(parameters, points, inside):
    told = []
    for index in np.flatnonzero(~inside.all(axis=0)):
        outside = points[~inside[:, index], index]
        more = f" (and {len(outside) - 1} more values)" if len(outside) > 1 else ""
        told.append(f"{parameters[index].name} = {outside[0]:g}{more}, not in {box_of(parameters[index])}")
    raise ValueError(f"outside the box this emulator was trained in: {'; '.join(told)}")


def _leave_out(parameters, points, inside):
    del parameters, points, inside


_ANSWERS = {"refuse": _refuse, "nan": _leave_out}


def refuse_outside(parameters: Sequence[Parameter], points: np.ndarray, outside: str) -> np.ndarray:
    """True (n,) for points (n, d) inside the box, ends included.

    Args:
        outside: "refuse" or "nan".

    Raises:
        ValueError: with "refuse", every parameter that left the box, with its first value outside and its
            range; or `outside` is neither.
    """
    if outside not in _ANSWERS:
        raise ValueError(f"outside must be one of {', '.join(_ANSWERS)}, not {outside!r}")
    low = np.array([parameter.minimum for parameter in parameters])
    high = np.array([parameter.maximum for parameter in parameters])
    inside = (points >= low) & (points <= high)
    if not inside.all():
        _ANSWERS[outside](parameters, points, inside)
    return inside.all(axis=1)
