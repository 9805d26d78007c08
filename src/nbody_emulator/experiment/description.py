"""What an experiment's results are of, in words that every file of it can carry."""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.configuration_schema import schema
from nbody_emulator.parameters import PARAMETERS

SECTIONS = ("cluster", "duration", "parameters")
"""What makes the physics; how it is integrated, and into how many runs it is divided, is not of it."""


def describe(config: Mapping[str, Any]) -> str:
    """The physics of an experiment in one line: every key of its `SECTIONS`, with units.

    The experiment's name is left out, for experiments share results.
    """
    units = {f"units.{name}": unit for name, unit in config["units"].items()} | {"1": "", "crossing time": ""}
    known = schema()["properties"]
    words = [f"{name}: {_inner(config[name], known[name], units)}" for name in SECTIONS]
    return f"N-body simulations of star clusters; {'; '.join(words)}"


def _inner(section: Mapping[str, Any], known: Mapping[str, Any], units: Mapping[str, str]) -> str:
    parts = known.get("properties", {})
    return ", ".join(
        _words(name, value, parts.get(name, {}), units) for name, value in sorted(section.items())
    )


def _words(name: str, value: Any, known: Mapping[str, Any], units: Mapping[str, str]) -> str:
    unit = known.get("unit", PARAMETERS[name].unit or "units.length" if name in PARAMETERS else "1")
    after = f" {units.get(unit, unit)}".rstrip()
    if isinstance(value, Mapping) and "scale" in value:
        return f"{name} {value['minimum']:g} to {value['maximum']:g}{after} ({value['scale']})"
    if isinstance(value, Mapping):
        return f"{name} ({_inner(value, known, units)})"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{name} {value:g}{after}"
    return f"{name} {'none' if value is None else value}"
