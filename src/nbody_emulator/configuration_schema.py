"""The JSON schema of a configuration: what no schema can speak of, defaults, and one type for each number."""

import copy
import functools
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.configuration_error import key_path, kind_of, refuse, shown
from nbody_emulator.register import Register

_IN_REPOSITORY = Path(__file__).parents[2] / "workflow" / "schemas" / "config.schema.json"
_INSTALLED = Path(__file__).with_name("config.schema.json")

SCHEMA_PATH = _IN_REPOSITORY if _IN_REPOSITORY.exists() else _INSTALLED
"""The workflow's own; a package installed without the repository brings a copy of it."""

_DEEPEST = 20
"""A level no configuration reaches; deeper means that a YAML anchor contains itself."""


@functools.cache
def schema() -> dict[str, Any]:
    """The schema of a whole configuration; not to be changed by the caller."""
    return json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of the schema that a `$ref` points to, or `part` itself."""
    if "$ref" not in part:
        return part
    names = part["$ref"].removeprefix("#/").split("/")
    return functools.reduce(lambda node, name: node[name], names, schema())


def part_at(path: str) -> Mapping[str, Any]:
    """The part of the schema that describes the section of fixed names at `path`, such as `cluster.masses`."""
    return functools.reduce(lambda part, name: resolved(part)["properties"][name], path.split("."), schema())


def with_choices(part: Mapping[str, Any], choice: str, register: Register) -> dict[str, Any]:
    """A section whose key `choice` names a method of the register, with all names and the keys of their own."""
    properties = copy.deepcopy(dict(part["properties"]))
    properties[choice]["enum"] = list(register.names)
    for name in register.names:
        for key, described in register.load(name).section()["properties"].items():
            properties.setdefault(key, described)
    return {**part, "properties": properties}


def types_of(part: Mapping[str, Any]) -> list[str]:
    """The JSON types a value may have."""
    declared = resolved(part).get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)


def limit_in_words(limit: float) -> str:
    """A limit as a configuration would write it, without a row of zeros."""
    return yaml_number(limit) if isinstance(limit, float) else str(limit)


def yaml_number(number: float) -> str:
    """The number as YAML reads it as one."""
    # YAML 1.1 takes 1e-3 for text: it wants a point in the mantissa and a sign in the exponent.
    if 1e-3 < abs(number) < 1e6 or number == 0:
        return f"{number:.12g}"
    mantissa, exponent = f"{number:.12e}".split("e")
    digits = mantissa.rstrip("0")
    return f"{digits}{'0' if digits.endswith('.') else ''}e{int(exponent):+d}"


def check_plain(value: Any, path: tuple[str | int, ...] = ()) -> None:
    """Refuse keys that are not text, line breaks, numbers that are not finite, and sections without end."""
    if len(path) > _DEEPEST:
        refuse(key_path(path[:3]), "contains itself", "write the section out instead of using a YAML anchor")
    if isinstance(value, str):
        _check_line(value, path)
    if isinstance(value, int | float) and not _is_finite(value):
        refuse(key_path(path), f"{shown(value)} is not finite", "write an ordinary number")
    for key, item in value.items() if isinstance(value, Mapping) else ():
        _check_key(key, item, path)
    for key, item in _items(value):
        check_plain(item, (*path, key))


def with_defaults(value: Any, part: Mapping[str, Any]) -> Any:
    """A copy of `value` in which no key that has a default is absent, and every number has its declared type.

    It comes before the schema's checks and leaves alone whatever does not fit `part`.
    """
    part = resolved(part)
    if isinstance(value, Mapping):
        filled = _defaults(part) | dict(value)
        return {key: with_defaults(item, _part_of(part, key)) for key, item in filled.items()}
    if isinstance(value, list):
        return [with_defaults(item, part.get("items", {})) for item in value]
    return _canonical_number(value, types_of(part))


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


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the range of float64
        return False


def _defaults(part: Mapping[str, Any]) -> dict[str, Any]:
    properties = part.get("properties", {})
    return {name: copy.deepcopy(item["default"]) for name, item in properties.items() if "default" in item}


def _part_of(part: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    # No section of ours has both fixed and free names, so a free name needs no matching against its pattern.
    free = next(iter(part.get("patternProperties", {}).values()), {})
    return part.get("properties", {}).get(key, free)


def _canonical_number(value: Any, types: list[str]) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if "number" in types:
        return float(value) + 0.0  # adding zero turns -0.0, which JSON writes differently, into 0.0
    if "integer" in types and float(value).is_integer():
        return int(value)
    return value
