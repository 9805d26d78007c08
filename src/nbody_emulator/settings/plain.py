"""What no section is asked about: that keys are text, lines are lines, and numbers are finite."""

import math
from collections.abc import Mapping
from typing import Any

from nbody_emulator.settings.error import key_path, kind_of, refuse, shown

_DEEPEST = 20
"""A level no configuration reaches; deeper means that a YAML anchor contains itself."""

_EXACT = 2.0**53
"""Below it every whole number is a float of its own."""


def plain(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """A copy in which a number without a fraction is a whole number, which a key of real numbers takes as well.

    Raises:
        ConfigurationError: a key is no text, a text has a line break, a number is not finite, or sections have no end.
    """
    if len(path) > _DEEPEST:
        refuse(key_path(path[:3]), "contains itself", "write the section out instead of using a YAML anchor")
    if isinstance(value, str):
        _check_line(value, path)
    if isinstance(value, int | float) and not _is_finite(value):
        refuse(key_path(path), f"{shown(value)} is not finite", "write an ordinary number")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_key(key, item, path)
        return {key: plain(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, (*path, place)) for place, item in enumerate(value)]
    return int(value) if isinstance(value, float) and _is_whole(value) else value


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) < _EXACT


def _check_key(key: Any, item: Any, path: tuple[str | int, ...]) -> None:
    place = (*path, shown(key))
    if item is None and str(key).isdigit():
        # What `{length: 0,05}` is to YAML: the key `length` and the key `05`, which is empty.
        refuse(key_path(place), "an empty key that is a number", "for a decimal write a point, as in 0.05")
    if not isinstance(key, str):
        remedy = "put it in quotes, for YAML reads yes, no, on and off as true and false"
        refuse(key_path(place), f"this key is {kind_of(key)}, not text", remedy)
    _check_line(key, place)


def _check_line(text: str, path: tuple[str | int, ...]) -> None:
    if len(text.splitlines()) > 1 or text != text.strip("\r\n"):
        refuse(key_path(path), f"{shown(text)} contains a line break", "write it on one line")


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the range of float64
        return False
