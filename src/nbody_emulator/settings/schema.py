"""The JSON schema of a section, made of its keys: for editors, the table of keys, and words about a mistake."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from nbody_emulator.settings.section import KIND, UNIT, Section

_ORDER = ("description", UNIT, "type", "enum")
_NUMBERS = {"number", "integer"}


@functools.cache
def schema_of(section: type[Section]) -> dict[str, Any]:
    """Its schema, every part written out where it belongs; not to be changed by the caller."""
    made = section.model_json_schema()
    return _written_out(made, made.get("$defs", {}))


def part_at(section: type[Section], path: Sequence[str | int]) -> Mapping[str, Any]:
    """The part of the schema that describes the key at `path`, such as ("cluster", "masses")."""
    return functools.reduce(_part_of, path, schema_of(section))


def types_of(part: Mapping[str, Any]) -> list[str]:
    """The JSON types a value may have."""
    declared = part.get("type", [])
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


def _part_of(part: Mapping[str, Any], name: str | int) -> Mapping[str, Any]:
    if isinstance(name, int):
        return part.get("items", {})
    # No section of ours has both fixed and free names, so a free name needs no matching against its pattern.
    free: Mapping[str, Any] = next(iter(part.get("patternProperties", {}).values()), {})
    return part.get("properties", {}).get(name, free)


def _written_out(part: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    part = dict(part)
    alternatives = [*part.pop("anyOf", ()), *part.pop("oneOf", ()), *part.pop("allOf", ())]
    if "$ref" in part:
        alternatives.append(parts[part.pop("$ref").removeprefix("#/$defs/")])
    for unwanted in ("title", "$defs", KIND, "discriminator"):
        part.pop(unwanted, None)
    part = _together([_written_out(each, parts) for each in alternatives]) | part
    for names in ("properties", "patternProperties"):
        if names in part:
            part[names] = {name: _written_out(each, parts) for name, each in part[names].items()}
    if "patternProperties" in part:
        part["additionalProperties"] = False
    if "items" in part:
        part["items"] = _written_out(part["items"], parts)
    return _in_order(_with_default(_with_unit(part)))


def _together(alternatives: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One part for all, which is exact where no two have a type in common: each word of a schema is about one type."""
    types = [name for each in alternatives for name in types_of(each)]
    together = {word: value for each in alternatives for word, value in each.items()}
    return together | ({"type": types if len(types) > 1 else types[0]} if types else {})


def _with_unit(part: dict[str, Any]) -> dict[str, Any]:
    if part.get(UNIT) is None:
        part.pop(UNIT, None)
        if _NUMBERS & set(types_of(part)):
            part[UNIT] = "1"
        if UNIT in part.get("items", {}):
            part[UNIT] = part["items"][UNIT]
    return part


def _with_default(part: dict[str, Any]) -> dict[str, Any]:
    """What is left out has no default, and a section's is what differs from those of its keys."""
    default = part.get("default")
    if default is None and "null" not in types_of(part):
        part.pop("default", None)
    if isinstance(default, Mapping):
        part["default"] = _own(default, part)
    return part


def _own(given: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    keys = part.get("properties", {})
    own = {
        name: _own(value, keys.get(name, {})) if isinstance(value, Mapping) else value
        for name, value in given.items()
        if value is not None
    }
    return {name: value for name, value in own.items() if value != keys.get(name, {}).get("default")}


def _in_order(part: dict[str, Any]) -> dict[str, Any]:
    first = {word: part[word] for word in _ORDER if word in part}
    if isinstance(first.get("description"), str):
        first["description"] = " ".join(first["description"].split()).removesuffix(".")
    return first | part | first
