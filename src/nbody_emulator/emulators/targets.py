"""What a prediction is asked with: probabilities, counts, and values of outputs, transformed or as they are."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, cast

import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.quantities.quantity import Output


def transformed_targets(outputs: Sequence[Output], target: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Transformed values of outputs (*shape, q), NaN where one is missing.

    Raises:
        ValueError: they are infinite, or of a shape that does not broadcast.
    """
    target = real_numbers("target", target, "1")
    if np.isinf(target).any():
        raise ValueError("target must be finite, or NaN where an output is missing, and is infinite")
    return _spread("target", outputs, target, shape)


def physical_values(outputs: Sequence[Output], values: Any, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Values of each of the q outputs (*shape) in its own unit, NaN where it is missing.

    Args:
        values: by name, bare or with units, NaN for those not named; or an array (..., q).

    Raises:
        KeyError: a name is of no output.
        ValueError: an output cannot have such a value, or shapes do not fit.
    """
    names = [output.name for output in outputs]
    if hasattr(values, "keys"):
        unknown = [name for name in values if name not in names]
        if unknown:
            raise KeyError(f"no output {unknown[0]!r}; there are {', '.join(names)}")
        given = [values.get(name, np.nan) for name in names]
        columns = [
            real_numbers(each.name, value, each.unit) for each, value in zip(outputs, given, strict=True)
        ]
    else:
        array = _spread("values", outputs, real_numbers("values", values, "1"), shape)
        columns = list(np.moveaxis(array, -1, 0))
    for output, column in zip(outputs, columns, strict=True):
        wrong = ~(output.suits(column) | np.isnan(column))
        if wrong.any():
            raise ValueError(
                f"{output.name} cannot be {column[wrong].flat[0]:g}; write NaN where there is none"
            )
    return [np.broadcast_to(column, shape) for column in columns]


def check_probability(what: str, given: object) -> None:
    """Refuse what does not lie between 0 and 1."""
    if not (isinstance(given, Real) and 0.0 < cast(float, given) < 1.0):
        raise ValueError(f"{what} must lie between 0 and 1, not {given}")


def check_count(what: str, given: object, least: int) -> None:
    """Refuse what is no whole number from `least` on."""
    if isinstance(given, bool) or not (isinstance(given, Integral) and least <= int(given) < 2**63):
        raise ValueError(f"{what} must be a whole number from {least} to 2**63 - 1, not {given!r}")


def _spread(what: str, outputs: Sequence[Output], array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    wanted = (*shape, len(outputs))
    try:
        return np.broadcast_to(array, wanted)
    except ValueError:
        names = ", ".join(output.name for output in outputs)
        raise ValueError(
            f"{what} must have a value each for {names} at every point, a shape that broadcasts to {wanted}, "
            f"not {array.shape}"
        ) from None
