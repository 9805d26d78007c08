"""What departs from a section, in words that help the person who typed it."""

import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from pydantic import ValidationError

from nbody_emulator.settings.error import key_path, kind_of, refuse, shown, suggestion
from nbody_emulator.settings.schema import limit_in_words, part_at, types_of, yaml_number
from nbody_emulator.settings.section import Section

_TYPES = {
    "object": "a section of keys",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}

# Not 1,000, which may be a thousand.
_DECIMAL_COMMA = re.compile(r"^\s*(?![+-]?[1-9]\d{0,2},\d{3}\s*$)([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)\s*$")


class _Departure(NamedTuple):
    """One thing wrong.

    Attributes:
        kind: pydantic's word for it.
        path: of the key.
        value: what was typed there; None where nothing was.
        part: of the schema, what the key is.
        around: the part in which the key stands.
        limit: pydantic's number where one is passed.
    """

    kind: str
    path: tuple[str | int, ...]
    value: Any
    part: Mapping[str, Any]
    around: Mapping[str, Any]
    limit: Any

    @property
    def key(self) -> str:
        return key_path(self.path)


def refuse_the_first(error: ValidationError, section: type[Section], given: Mapping[str, Any]) -> NoReturn:
    """Raise the complaint about the first departure: causes before their consequences."""
    departures = [_departure(each, section, given) for each in error.errors(include_url=False)]
    first = min(departures, key=_urgency)
    _SENTENCES.get(first.kind, _of_another_type)(first)
    raise AssertionError(f"a sentence about {first.kind} ends without its complaint") from error


def _departure(error: Mapping[str, Any], section: type[Section], given: Mapping[str, Any]) -> _Departure:
    path = tuple(step for step in error["loc"] if not str(step).startswith(("<", "[")))
    part, around = part_at(section, path), part_at(section, path[:-1])
    limit = next(iter(error.get("ctx", {}).values()), None)
    is_name = error["loc"][-1] == "[key]"
    return _Departure(
        "name" if is_name else error["type"], path, _value_at(given, path, part), part, around, limit
    )


def _value_at(given: Any, path: Sequence[str | int], part: Mapping[str, Any]) -> Any:
    for step in path:
        is_there = isinstance(given, list) or (isinstance(given, Mapping) and step in given)
        given = given[step] if is_there else None
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_number and "number" in types_of(part) else given


def _urgency(departure: _Departure) -> tuple[int, str]:
    # A mistyped key also leaves the right one missing, and a wrong entry a list short.
    order = {"extra_forbidden": 0, "name": 0, "literal_error": 2, "too_short": 4}
    return order.get(departure.kind, 1 if departure.kind.endswith("_type") else 3), departure.key


def _of_unknown_key(departure: _Departure) -> None:
    word = "unknown emulator" if departure.path[:-1] == ("emulators",) else "unknown key"
    known = list(departure.around.get("properties", {}))
    refuse(departure.key, word, suggestion(departure.path[-1], known))


def _of_name(departure: _Departure) -> None:
    remedy = "use small letters, digits and '_', beginning with a letter"
    refuse(departure.key, "not a plain name", remedy)


def _of_missing_key(departure: _Departure) -> None:
    remedy = f"add {_type_words(departure.part)}: the {_meaning(departure.part)}"
    refuse(departure.key, "missing", remedy)


def _of_another_type(departure: _Departure) -> None:
    value, part = departure.value, departure.part
    problem = f"{shown(value)} is {kind_of(value)}, not {_type_words(part)}"
    refuse(departure.key, problem, _type_remedy(value, part))


def _type_remedy(value: Any, part: Mapping[str, Any]) -> str:
    types, number = types_of(part), _number_in(value)
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


def _of_choice(departure: _Departure) -> None:
    if not isinstance(departure.value, str):
        _of_another_type(departure)
    problem = f"{shown(departure.value)} is not a choice"
    refuse(departure.key, problem, suggestion(departure.value, departure.part["enum"]))


def _of_limit(bound: str, departure: _Departure) -> None:
    word = _LIMIT_WORDS[departure.kind]
    limit = departure.part.get(word, departure.limit)
    remedy = f"it must be {bound} {limit_in_words(limit)}{_per_cent(departure, limit)}"
    refuse(departure.key, f"{shown(departure.value)} is out of range", remedy)


def _per_cent(departure: _Departure, limit: float) -> str:
    """What to write for a number that must not exceed 1 and looks like per cent."""
    if limit != 1 or not 1 < departure.value <= 100 or types_of(departure.part) != ["number"]:
        return ""
    return f"; for {departure.value:g} per cent write {departure.value / 100:g}"


def _of_spelling(departure: _Departure) -> None:
    problem = f"{shown(departure.value)} is not a plain name"
    refuse(departure.key, problem, f"it is the {_meaning(departure.part)}")


def _of_two_keys(departure: _Departure) -> None:
    problem = f"has {', '.join(sorted(departure.value)) or 'no key'}"
    refuse(departure.key, problem, f"give exactly one of {', '.join(departure.part['properties'])}")


def _of_short_list(departure: _Departure) -> None:
    if isinstance(departure.value, Mapping):
        refuse(departure.key, "empty", "add at least one entry")
    problem = f"{shown(departure.value)} has too few entries"
    refuse(departure.key, problem, f"write at least {departure.part['minItems']}")


def _of_repeated(departure: _Departure) -> None:
    refuse(departure.key, f"{shown(departure.value)} has an entry twice", "keep each once")


def _of_long_text(departure: _Departure) -> None:
    problem = f"{shown(departure.value)} is too long"
    refuse(departure.key, problem, f"use at most {departure.part['maxLength']} letters")


def _type_words(part: Mapping[str, Any]) -> str:
    return " or ".join(_TYPES[name] for name in types_of(part))


def _meaning(part: Mapping[str, Any]) -> str:
    return part["description"][0].lower() + part["description"][1:]


_LIMIT_WORDS = {
    "greater_than_equal": "minimum",
    "less_than_equal": "maximum",
    "greater_than": "exclusiveMinimum",
    "less_than": "exclusiveMaximum",
}

_SENTENCES: dict[str, Callable[[_Departure], None]] = {
    "extra_forbidden": _of_unknown_key,
    "name": _of_name,
    "missing": _of_missing_key,
    "literal_error": _of_choice,
    "greater_than_equal": functools.partial(_of_limit, "at least"),
    "less_than_equal": functools.partial(_of_limit, "at most"),
    "greater_than": functools.partial(_of_limit, "greater than"),
    "less_than": functools.partial(_of_limit, "less than"),
    "string_pattern_mismatch": _of_spelling,
    "string_too_long": _of_long_text,
    "one_key": _of_two_keys,
    "too_short": _of_short_list,
    "repeated": _of_repeated,
}
"""pydantic's word -> the sentence; every other word is about a type."""
