"""The JSON schema of a configuration: its defaults, its canonical numbers, and its errors in plain words."""

import copy
import functools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from nbody_emulator.experiment.configuration_error import key_path, kind_of, refuse, shown, suggestion

SCHEMA_PATH = Path(__file__).parents[3] / "workflow" / "schemas" / "config.schema.json"

_DEEPEST = 20
"""A level no configuration reaches; deeper means that a YAML anchor contains itself."""

_TYPES_IN_WORDS = {
    "object": "a section of keys",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "null": "null",
}


@functools.cache
def schema() -> dict[str, Any]:
    """The schema of a whole configuration; not to be changed by the caller."""
    return json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))


def check_plain(value: Any, path: tuple = ()) -> None:
    """Refuse what no schema can speak of: keys that are not text, line breaks, and numbers that are not finite."""
    if len(path) > _DEEPEST:
        refuse(key_path(path[:3]), "contains itself; write the section out instead of using a YAML anchor")
    if isinstance(value, str) and ("\n" in value or "\r" in value):
        refuse(key_path(path), f"{shown(value)} contains a line break; write it on one line")
    if isinstance(value, int | float) and not _is_finite(value):
        refuse(key_path(path), f"{shown(value)} is not finite; write an ordinary number")
    for key, item in _items(value):
        if isinstance(value, Mapping) and not isinstance(key, str):
            refuse(key_path((*path, shown(key))), "this key is not text; YAML reads yes, no, on, off and digits so; quote it")
        if isinstance(key, str) and "\n" in key:
            refuse(key_path((*path, shown(key))), "this key contains a line break; write it on one line")
        check_plain(item, (*path, key))


def check_schema(config: Mapping[str, Any]) -> None:
    """Refuse the first departure from the schema; typos in keys come first, for they cause the others."""
    errors = sorted(Draft202012Validator(schema()).iter_errors(config), key=_urgency)
    if errors:
        error = errors[0]
        _EXPLANATIONS.get(error.validator, _explain_otherwise)(error)


def with_defaults(value: Any, part: Mapping[str, Any]) -> Any:
    """A copy of `value` in which every key that has a default is present and every number has its declared type.

    Run before validation, so it leaves alone whatever does not fit the schema.
    """
    part = resolved(part)
    if isinstance(value, Mapping):
        filled = {name: copy.deepcopy(item["default"]) for name, item in _properties(part).items() if "default" in item}
        return {
            key: with_defaults(item, _part_of_key(part, key)) for key, item in (filled | dict(value)).items()
        }
    if isinstance(value, list):
        return [with_defaults(item, part.get("items", {})) for item in value]
    return _canonical_number(value, part)


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a `$ref` points to, or `part` itself."""
    if "$ref" not in part:
        return part
    names = part["$ref"].removeprefix("#/").split("/")
    return functools.reduce(lambda node, name: node[name], names, schema())


def types_of(part: Mapping[str, Any]) -> list[str]:
    """The JSON types a value may have."""
    declared = resolved(part).get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)


def _properties(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return part.get("properties", {})


def _part_of_key(part: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    # No section of ours has both fixed and free names, so a free name needs no matching against its pattern.
    free = next(iter(part.get("patternProperties", {}).values()), {})
    return _properties(part).get(key, free)


def _canonical_number(value: Any, part: Mapping[str, Any]) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if "number" in types_of(part):
        return float(value) + 0.0  # adding zero turns -0.0, which JSON writes differently, into 0.0
    if "integer" in types_of(part) and float(value).is_integer():
        return int(value)
    return value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the range of float64
        return False


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def _urgency(error: ValidationError) -> tuple[int, str]:
    order = ("additionalProperties", "type", "enum")
    rank = order.index(error.validator) if error.validator in order else len(order)
    return rank, key_path(error.absolute_path)


def _path(error: ValidationError, *more: str) -> str:
    return key_path((*error.absolute_path, *more))


def _explain_unknown_key(error: ValidationError) -> None:
    patterns = error.schema.get("patternProperties", {})
    if patterns:
        unnameable = min(key for key in error.instance if not any(re.search(pattern, key) for pattern in patterns))
        refuse(_path(error, unnameable), "not a plain name; use small letters, digits and '_', beginning with a letter")
    known = list(_properties(error.schema))
    unknown = min(key for key in error.instance if key not in known)
    word = "unknown emulator" if list(error.absolute_path) == ["emulators"] else "unknown key"
    refuse(_path(error, unknown), f"{word}; {suggestion(unknown, known)}")


def _explain_missing_key(error: ValidationError) -> None:
    missing = next(name for name in error.validator_value if name not in error.instance)
    part = error.schema["properties"][missing]
    types = " or ".join(_TYPES_IN_WORDS[name] for name in types_of(part))
    refuse(_path(error, missing), f"missing; add {types}: the {_uncapitalized(part)}")


def _explain_type(error: ValidationError) -> None:
    allowed = " or ".join(_TYPES_IN_WORDS[name] for name in types_of(error.schema))
    refuse(_path(error), f"{shown(error.instance)} is {kind_of(error.instance)}, not {allowed}; {_type_remedy(error)}")


def _type_remedy(error: ValidationError) -> str:
    value, types = error.instance, types_of(error.schema)
    number = _number_in(value)
    if number is not None and "number" in types:
        return f"in YAML write {_yaml_number(number)}"
    if number is not None and "integer" in types and number.is_integer():
        return f"in YAML write {int(number)}"
    if "string" in types:
        return f"write one of {', '.join(error.schema['enum'])}" if "enum" in error.schema else "put it in quotes"
    if "object" in types:
        return _section_remedy(error.schema)
    return f"write {' or '.join(_TYPES_IN_WORDS[name] for name in types)}"


def _section_remedy(part: Mapping[str, Any]) -> str:
    if _properties(part):
        return f"its keys are {', '.join(_properties(part))}"
    return "give it entries under names of your own" if "patternProperties" in part else "write {}"


def _number_in(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _yaml_number(number: float) -> str:
    # YAML 1.1 takes 1e-3 for text: a mantissa needs its point, an exponent its sign.
    mantissa, mark, exponent = repr(number).partition("e")
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{int(exponent):+d}" if mark else mantissa


def _explain_enum(error: ValidationError) -> None:
    refuse(_path(error), f"{shown(error.instance)} is unknown; {suggestion(error.instance, error.validator_value)}")


def _explain_limit(words: str) -> Callable[[ValidationError], None]:
    def explain(error: ValidationError) -> None:
        limit = error.validator_value
        refuse(_path(error), f"{shown(error.instance)} is outside the range; it must be {words} {limit}")

    return explain


def _explain_pattern(error: ValidationError) -> None:
    refuse(_path(error), f"{shown(error.instance)} is not a plain name; it is the {_uncapitalized(error.schema)}")


def _explain_choice(error: ValidationError) -> None:
    choices = ", ".join(error.schema.get("properties", {}))
    if not choices:
        refuse(_path(error), "is empty; add at least one entry")
    found = ", ".join(error.instance) or "none"
    refuse(_path(error), f"needs exactly one of {choices}, found {found}; keep one")


def _explain_too_short(error: ValidationError) -> None:
    refuse(_path(error), f"{shown(error.instance)} is too short; write at least {error.validator_value} entries")


def _explain_repeated(error: ValidationError) -> None:
    refuse(_path(error), f"{shown(error.instance)} names an entry twice; keep each once")


def _explain_too_long(error: ValidationError) -> None:
    refuse(_path(error), f"{shown(error.instance)} is too long; use at most {error.validator_value} letters")


def _uncapitalized(part: Mapping[str, Any]) -> str:
    return part["description"][0].lower() + part["description"][1:]


def _explain_otherwise(error: ValidationError) -> None:
    refuse(_path(error), f"{error.message}; see config/README.md")


_EXPLANATIONS: dict[str, Callable[[ValidationError], None]] = {
    "additionalProperties": _explain_unknown_key,
    "required": _explain_missing_key,
    "type": _explain_type,
    "enum": _explain_enum,
    "minimum": _explain_limit("at least"),
    "maximum": _explain_limit("at most"),
    "exclusiveMinimum": _explain_limit("greater than"),
    "exclusiveMaximum": _explain_limit("less than"),
    "pattern": _explain_pattern,
    "minProperties": _explain_choice,
    "maxProperties": _explain_choice,
    "minItems": _explain_too_short,
    "uniqueItems": _explain_repeated,
    "maxLength": _explain_too_long,
}
