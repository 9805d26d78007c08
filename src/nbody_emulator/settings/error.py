"""The one complaint about a configuration: a single line that names the key, the value and the remedy."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

_LONGEST_VALUE = 60

_KINDS = {
    bool: "a yes/no value",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a section",
    type(None): "empty",
}


class ConfigurationError(ValueError):
    """A configuration that cannot be run; its message is one line for the person who typed the file."""

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))


def refuse(path: str, problem: str, remedy: str) -> NoReturn:
    """Raise the complaint about the key at `path`: what is wrong with it, and what to do."""
    raise ConfigurationError(f"{path}: {problem}; {remedy}")


def key_path(parts: Iterable[str | int]) -> str:
    """The key as a person would type it, such as `learning_curve.sizes[1].blocks`."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


def shown(value: Any) -> str:
    """A value as it is quoted in a complaint: short, on one line, and spelled as in YAML."""
    text = {None: "null", True: "true", False: "false"}[value] if _is_word(value) else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def suggestion(name: Any, known: Sequence[Any]) -> str:
    """The known name that `name` was probably meant to be, or else all of them."""
    names = [str(item) for item in known]
    matches = get_close_matches(str(name), names, n=1) or [
        item for item in names if item.startswith(str(name))
    ]
    if matches:
        return f"did you mean {matches[0]!r}?"
    return f"allowed: {', '.join(names)}" if names else "remove it"


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, bool)
