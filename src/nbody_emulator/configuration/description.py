"""What an experiment's results are of, in words that every file of it can carry."""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.settings.parameters import Box
from nbody_emulator.settings.section import UNIT, Section

SECTIONS = ("cluster", "duration", "parameters")
"""What makes the physics; how it is integrated, and into how many runs it is divided, is not of it."""


def describe(experiment: Experiment) -> str:
    """The physics of an experiment in one line: every key of its `SECTIONS`, with units.

    The experiment's name is left out, for experiments share results.
    """
    units = {f"units.{name}": unit for name, unit in experiment.units.written().items()} | {
        "crossing time": ""
    }
    words = [f"{name}: {_inner(getattr(experiment, name), units)}" for name in SECTIONS]
    return f"N-body simulations of star clusters; {'; '.join(words)}"


def _inner(section: Section, units: dict[str, str]) -> str:
    fields: Mapping[str, Any] = type(section).model_fields
    return ", ".join(
        _words(name, getattr(section, name), fields[name].json_schema_extra[UNIT], units)
        for name in section.written()
    )


def _words(name: str, value: Any, unit: str | None, units: dict[str, str]) -> str:
    after = f" {units.get(unit, unit)}".rstrip() if unit else ""
    if isinstance(value, Box):
        return f"{name} {value.minimum:g} to {value.maximum:g}{after} ({value.scale})"
    if isinstance(value, Section):
        return f"{name} ({_inner(value, units)})"
    if isinstance(value, int | float):
        return f"{name} {value:g}{after}"
    return f"{name} {'none' if value is None else value}"
