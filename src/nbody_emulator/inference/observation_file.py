"""An observed cluster as a file: YAML with values, errors and what it was seen not to have.

    values: {f_bound: 0.62, r_h: 0.9, sigma_v: 0.4}
    errors: {r_h: 0.1}
    missing: [r_core]

Numbers are in the outputs' own units.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nbody_emulator.inference.observation import Observation
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.settings.error import suggestion

SECTIONS = ("values", "errors", "missing")

NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,300})?(\.[0-9]{0,300})?([eE][-+]?[0-9]{1,3})?(?<=[0-9.])")
"""As people write one: 1:30, 017 and 1_5, which YAML reads as others, are none."""


class Observed(NamedTuple):
    """What a file says, as `infer` takes it."""

    values: Mapping[str, Any]
    errors: Mapping[str, Any]
    missing: Sequence[str]


class _StrictLoader(yaml.BaseLoader):
    """Every value as it is written; a key that occurs twice is refused."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            raise yaml.YAMLError(f"{', '.join(twice)} stands twice")
        return super().construct_mapping(node, deep)


def read_observation(path: str | Path) -> Observed:
    """What the file at `path` says.

    Raises:
        ValueError: it is no YAML, has other sections than these, or observes nothing; the message names the file.
    """
    try:
        content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=_StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path}: cannot be read as YAML ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path}: holds no keys; write 'values: {{<output>: <number>}}'")
    unknown = [str(name) for name in content if name not in SECTIONS]
    if unknown:
        raise ValueError(f"{path}: unknown {', '.join(unknown)}; {suggestion(unknown[0], SECTIONS)}")
    values, errors = (_numbers(path, name, content.get(name, {})) for name in SECTIONS[:2])
    missing = content.get("missing", [])
    if not isinstance(missing, list):
        raise ValueError(f"{path}: missing must be a list of outputs, such as [r_core]")
    if not values and not missing:
        raise ValueError(f"{path}: nothing is observed; give values, or name what is missing")
    return Observed(values, errors, [str(name) for name in missing])


def check_observation(path: str | Path, outputs: Sequence[Output]) -> None:
    """Refuse what `infer` would refuse of the file itself, before there is an emulator.

    Args:
        outputs: that the emulator will have; their resolution decides nothing here.

    Raises:
        ValueError: it cannot be read, a name is no output, or a value is impossible; the message names the file.
    """
    observed = read_observation(path)
    try:
        Observation.of(outputs, *observed)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None


def _numbers(path: str | Path, section: str, told: Any) -> dict[str, float]:
    if not isinstance(told, dict):
        raise ValueError(f"{path}: {section} must be numbers by name, such as {{f_bound: 0.62}}")
    return {str(name): _number(path, f"{section}.{name}", value) for name, value in told.items()}


def _number(path: str | Path, key: str, told: Any) -> float:
    if isinstance(told, str) and NUMBER.fullmatch(told):
        return float(told)
    raise ValueError(
        f"{path}: {key} is {told!r}; write a plain number such as 0.62, in the output's own unit"
    )
