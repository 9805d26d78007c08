"""What departs from the schema of a configuration, in words that help the person who typed it."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from nbody_emulator.configuration_error import key_path, kind_of, refuse, shown, suggestion
from nbody_emulator.configuration_schema import limit_in_words, schema, types_of, yaml_number

_TYPES = {
    "object": "a section of keys",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "null": "null",
}

# Not 1,000, which may be a thousand.
_DECIMAL_COMMA = re.compile(r"^\s*(?![+-]?[1-9]\d{0,2},\d{3}\s*$)([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)\s*$")

_CAUSES_FIRST = ("additionalProperties", "type", "enum")
"""A mistyped key also leaves the right one missing, so it is told first."""


def check_schema(config: Mapping[str, Any], wanted: Mapping[str, Any] | None = None) -> None:
    """Refuse the first departure of `config` from the schema of a configuration, or from the one `wanted`."""
    validator = Draft202012Validator(schema() if wanted is None else wanted)
    errors = sorted(validator.iter_errors(config), key=_urgency)
    if errors:
        _EXPLANATIONS.get(errors[0].validator, _explain_otherwise)(errors[0])


def _urgency(error: ValidationError) -> tuple[int, str]:
    known = error.validator in _CAUSES_FIRST
    return _CAUSES_FIRST.index(error.validator) if known else len(_CAUSES_FIRST), _path(error)


def _path(error: ValidationError, *more: str) -> str:
    return key_path((*error.absolute_path, *more))


def _explain_unknown_key(error: ValidationError) -> None:
    patterns = error.schema.get("patternProperties", {})
    if patterns:
        wrong = min(key for key in error.instance if not any(re.search(pattern, key) for pattern in patterns))
        remedy = "use small letters, digits and '_', beginning with a letter"
        refuse(_path(error, wrong), "not a plain name", remedy)
    known = list(error.schema.get("properties", {}))
    unknown = min(key for key in error.instance if key not in known)
    word = "unknown emulator" if _path(error) == "emulators" else "unknown key"
    refuse(_path(error, unknown), word, suggestion(unknown, known))


def _explain_missing_key(error: ValidationError) -> None:
    missing = next(name for name in error.validator_value if name not in error.instance)
    part = error.schema["properties"][missing]
    refuse(_path(error, missing), "missing", f"add {_type_words(part)}: the {_meaning(part)}")


def _explain_type(error: ValidationError) -> None:
    problem = f"{shown(error.instance)} is {kind_of(error.instance)}, not {_type_words(error.schema)}"
    refuse(_path(error), problem, _type_remedy(error))


def _type_remedy(error: ValidationError) -> str:
    types, part = types_of(error.schema), error.schema
    number = _number_in(error.instance)
    if number is not None and ("number" in types or ("integer" in types and number.is_integer())):
        return f"in YAML write {yaml_number(number)}"
    if "enum" in part:
        return f"allowed: {', '.join(part['enum'])}"
    if "properties" in part:
        return f"its keys are {', '.join(part['properties'])}" if part["properties"] else "write {}"
    if "patternProperties" in part:
        return "give it entries under names of your own"
    return f"write {_type_words(part)}"


def _number_in(value: Any) -> float | None:
    """The finite number that a text spells, if it does, with a decimal point or a decimal comma."""
    if not isinstance(value, str):
        return None
    try:
        number = float(_DECIMAL_COMMA.sub(r"\1.\2", value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _explain_enum(error: ValidationError) -> None:
    refuse(
        _path(error),
        f"{shown(error.instance)} is not a choice",
        suggestion(error.instance, error.validator_value),
    )


def _explain_limit(bound: str) -> Callable[[ValidationError], None]:
    def explain(error: ValidationError) -> None:
        problem = f"{shown(error.instance)} is out of range"
        refuse(
            _path(error),
            problem,
            f"it must be {bound} {limit_in_words(error.validator_value)}{_per_cent(error)}",
        )

    return explain


def _per_cent(error: ValidationError) -> str:
    """What to write for a number that must not exceed 1 and looks like per cent."""
    if error.validator_value != 1 or not 1 < error.instance <= 100 or types_of(error.schema) != ["number"]:
        return ""
    return f"; for {error.instance:g} per cent write {error.instance / 100:g}"


def _explain_name(error: ValidationError) -> None:
    refuse(
        _path(error), f"{shown(error.instance)} is not a plain name", f"it is the {_meaning(error.schema)}"
    )


def _explain_choice(error: ValidationError) -> None:
    choices = ", ".join(error.schema.get("properties", {}))
    if not choices:
        refuse(_path(error), "empty", "add at least one entry")
    refuse(_path(error), f"has {', '.join(error.instance) or 'no key'}", f"give exactly one of {choices}")


def _explain_short_list(error: ValidationError) -> None:
    problem = f"{shown(error.instance)} has too few entries"
    refuse(_path(error), problem, f"write at least {error.validator_value}")


def _explain_repeated(error: ValidationError) -> None:
    refuse(_path(error), f"{shown(error.instance)} has an entry twice", "keep each once")


def _explain_long_text(error: ValidationError) -> None:
    refuse(
        _path(error), f"{shown(error.instance)} is too long", f"use at most {error.validator_value} letters"
    )


def _explain_otherwise(error: ValidationError) -> None:
    refuse(_path(error), error.message, "see config/README.md")


def _type_words(part: Mapping[str, Any]) -> str:
    return " or ".join(_TYPES[name] for name in types_of(part))


def _meaning(part: Mapping[str, Any]) -> str:
    return part["description"][0].lower() + part["description"][1:]


_EXPLANATIONS: dict[str, Callable[[ValidationError], None]] = {
    "additionalProperties": _explain_unknown_key,
    "required": _explain_missing_key,
    "type": _explain_type,
    "enum": _explain_enum,
    "minimum": _explain_limit("at least"),
    "maximum": _explain_limit("at most"),
    "exclusiveMinimum": _explain_limit("greater than"),
    "exclusiveMaximum": _explain_limit("less than"),
    "pattern": _explain_name,
    "minProperties": _explain_choice,
    "maxProperties": _explain_choice,
    "minItems": _explain_short_list,
    "uniqueItems": _explain_repeated,
    "maxLength": _explain_long_text,
}
