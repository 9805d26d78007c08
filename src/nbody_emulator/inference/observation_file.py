"""An observed cluster as a file: YAML with values, errors and what it was seen not to have.

    values: {f_bound: 0.62, r_h: 0.9, sigma_v: 0.4}
    errors: {r_h: 0.1}
    missing: [r_core]

Numbers are in the outputs' own units.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nbody_emulator.settings.error import suggestion

SECTIONS = ("values", "errors", "missing")


class Observed(NamedTuple):
    """What a file says, as `infer` takes it."""

    values: Mapping[str, Any]
    errors: Mapping[str, Any]
    missing: Sequence[str]


def read_observation(path: str | Path) -> Observed:
    """What the file at `path` says.

    Raises:
        ValueError: it is no YAML, or has other sections than these; the message names the file.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read as YAML ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path}: holds no keys; write 'values: {{<output>: <number>}}'")
    unknown = [str(name) for name in content if name not in SECTIONS]
    if unknown:
        raise ValueError(f"{path}: unknown {', '.join(unknown)}; {suggestion(unknown[0], SECTIONS)}")
    values, errors = (_numbers(path, name, content.get(name) or {}) for name in SECTIONS[:2])
    missing = content.get("missing") or []
    if not isinstance(missing, list):
        raise ValueError(f"{path}: missing must be a list of outputs, such as [r_core]")
    return Observed(values, errors, [str(name) for name in missing])


def _numbers(path: str | Path, section: str, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise ValueError(f"{path}: {section} must be numbers by name, such as {{f_bound: 0.62}}")
    return {str(name): _number(path, f"{section}.{name}", value) for name, value in told.items()}


def _number(path: str | Path, key: str, told: Any) -> float:
    if isinstance(told, int | float) and not isinstance(told, bool):
        return float(told)
    raise ValueError(f"{path}: {key} is {told!r}; write a number in the output's own unit")
