"""What an experiment's results are of, in words that every file of it can carry."""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.configuration.table_experiment import TableExperiment
from nbody_emulator.settings.cluster import GivenStars
from nbody_emulator.settings.parameters import Box
from nbody_emulator.settings.section import UNIT, Section

NAMED, DIGITS = 3, 12
"""Files of stars that are named, and the digits of their checksums."""

SECTIONS = ("cluster", "duration", "parameters")
"""What makes the physics; how it is integrated, and into how many runs it is divided, is not of it."""


def describe(experiment: ClusterExperiment) -> str:
    """The physics of an experiment in one line: every key of its `SECTIONS`, with units.

    The experiment's name is left out, for experiments share results.
    """
    units = _units(experiment)
    sections = {name: getattr(experiment, name) for name in SECTIONS} | {
        "cluster": experiment.simulated_cluster
    }
    words = [f"{name}: {_inner(section, units)}" for name, section in sections.items()]
    return f"N-body simulations of star clusters; {'; '.join(words)}"


def physics(experiment: ClusterExperiment) -> dict[str, str]:
    """What does not vary: every key of `cluster`, the duration and the integration by its name, in words with units."""
    units, cluster = _units(experiment), experiment.simulated_cluster
    parts = {
        "duration": experiment.duration,
        "integration": experiment.integration,
        **{name: getattr(cluster, name) for name in cluster.written()},
    }
    fields: Mapping[str, Any] = type(cluster).model_fields
    return {
        name: _inner(value, units)
        if isinstance(value, Section)
        else _words(name, value, fields[name].json_schema_extra[UNIT], units).removeprefix(f"{name} ")
        for name, value in parts.items()
    }


def describe_own(experiment: FunctionExperiment | TableExperiment) -> str:
    """What the runs of another simulator are of, in one line: what was said about them, and the box."""
    boxes = ", ".join(
        f"{each.name} {each.minimum:g} to {each.maximum:g}{'' if each.unit == '1' else f' {each.unit}'} ({each.scale})"
        for each in experiment.free_parameters
    )
    about = experiment.simulator.about or "Runs of another simulator"
    return f"{about}; parameters: {boxes}"


def _units(experiment: ClusterExperiment) -> dict[str, str]:
    """By the names that keys have for them."""
    return {f"units.{name}": unit for name, unit in experiment.units.written().items()} | {
        "crossing time": ""
    }


def _inner(section: Section, units: dict[str, str]) -> str:
    if isinstance(section, GivenStars):
        checksums = ", ".join(each.sha256[:DIGITS] for each in section.files[:NAMED])
        more = f" and {len(section.files) - NAMED} more" if len(section.files) > NAMED else ""
        return f"stars in files with sha256 {checksums}{more}, at most {section.most_stars} in one"
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
