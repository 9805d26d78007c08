"""What a command tells: lines as they come or, where JSON is asked for, one object at its end."""

import json
import math
from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter

AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Tell it as one JSON object on stdout.")]


class Telling:
    """One command's answer.

    Args:
        as_json: hold the lines back, and tell facts in their place.
    """

    def __init__(self, as_json: bool):
        self._as_json = as_json
        self._lines: list[str] = []

    def say(self, line: str) -> None:
        """One line, at once."""
        self._lines.append(line)
        if not self._as_json:
            print(line, flush=True)

    def end(self, code: int = 0, **facts: Any) -> int:
        """The exit code; facts are told in JSON alone, and without any the lines are."""
        if self._as_json:
            told = {"exit_code": code, **(facts or {"lines": self._lines})}
            print(json.dumps(plain(told), allow_nan=False))
        return code


def plain(value: Any) -> Any:
    """The same as JSON has it: what is no finite number is null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # of NumPy
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
