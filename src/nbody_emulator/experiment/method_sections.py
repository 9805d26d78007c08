"""The schema of a whole configuration: registered methods add their names and keys to what all have in common."""

import copy
import functools
from typing import Any

from nbody_emulator.configuration_schema import schema, with_choices
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.summaries.register import STATISTICS


@functools.cache
def whole_schema() -> dict[str, Any]:
    """The schema of a configuration with all that is registered; not to be changed by the caller."""
    whole = copy.deepcopy(schema())
    sections = whole["properties"]
    sections["cluster"] = _cluster(sections["cluster"])
    sections["integration"]["properties"]["integrator"]["enum"] = list(INTEGRATORS.names)
    _of_any_name(sections["sets"])["sampler"]["enum"] = list(SAMPLERS.names)
    sections["statistics"]["items"]["enum"] = list(STATISTICS.names)
    sections["statistics"]["default"] = list(STATISTICS.names)
    _of_any_name(sections["outputs"])["statistic"]["enum"] = [
        name for name in STATISTICS.names if STATISTICS.load(name).axis is None
    ]
    families = {name: FAMILIES.load(name) for name in FAMILIES.names}
    sections["emulators"]["properties"] = {name: family.section() for name, family in families.items()}
    sections["bias_variance"]["properties"] = {
        name: family.ladder.section for name, family in families.items() if family.ladder
    }
    sections["figures"]["properties"] = {"style": sections["figures"]["properties"]["style"]} | {
        name: {"$ref": "#/$defs/figure", "description": f"Style of the figure {name} where it differs"}
        for name in FIGURES.names
    }
    return whole


def _cluster(section: dict[str, Any]) -> dict[str, Any]:
    section = with_choices(section, "profile", PROFILES)
    for key, choice, register in (("masses", "function", MASS_FUNCTIONS), ("tide", "galaxy", GALAXIES)):
        section["properties"][key] = with_choices(section["properties"][key], choice, register)
    return section


def _of_any_name(section: dict[str, Any]) -> dict[str, Any]:
    """The keys of each entry of a section whose entries have names of a person's own."""
    (entry,) = section["patternProperties"].values()
    return entry["properties"]
