"""The one complaint about a configuration: a single line that names the key, the value and the remedy."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

_LONGEST_VALUE = 60

_WORDS = {bool: "a yes/no value", int: "a whole number", float: "a number", str: "text", list: "a list", dict: "a section"}


class ConfigurationError(ValueError):
    """A configuration that cannot be run; its message is one line, written for the person who typed the file."""

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))


def refuse(path: str, problem: str) -> NoReturn:
    """Raise the complaint `problem` about the key at `path`."""
    raise ConfigurationError(f"{path}: {problem}" if path else problem)


def key_path(parts: Iterable[str | int]) -> str:
    """The key as a person would type it, such as `learning_curve.sizes[1].blocks`."""
    path = ""
    for part in parts:
        name = part if isinstance(part, str) and part and not part.isspace() else repr(part)
        path += f"[{part}]" if isinstance(part, int) and path else f".{name}" if path else name
    return path


def shown(value: Any) -> str:
    """A value as it is quoted in a complaint: short, and on one line."""
    if value is None:
        return "null"
    text = _scalar(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    return "empty" if value is None else _WORDS.get(type(value), f"a {type(value).__name__}")


def suggestion(name: Any, known: Sequence[Any]) -> str:
    """The known name that `name` was probably meant to be, or all of them."""
    names = [str(item) for item in known]
    matches = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if matches:
        return f"did you mean {matches[0]!r}?"
    return f"allowed: {', '.join(names)}" if names else "remove it"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 10**30:
        return "a number of more than 30 digits"
    return repr(value)
