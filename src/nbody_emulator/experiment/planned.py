"""A configuration as a user wrote it, checked and planned."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.experiment.configuration import load, validated
from nbody_emulator.experiment.plan import Plan
from nbody_emulator.experiment.planner import Planner
from nbody_emulator.experiment.registered import RegisteredModules
from nbody_emulator.identity.accepted import read_acceptances
from nbody_emulator.identity.code import CodeBase
from nbody_emulator.identity.versions import read_pins

LOCK = Path("envs/cpu.lock")
ACCEPTED_CODE = Path("workflow/accepted_code.json")


def planned(config: Mapping[str, Any], root: Path) -> Plan:
    """Every result the configuration asks for, with the code and the pinned versions in the repository at `root`.

    Raises:
        ConfigurationError: the configuration is wrong; the message names the key and the remedy.
    """
    code = CodeBase(root / "src", root / "workflow" / "scripts", read_acceptances(root / ACCEPTED_CODE))
    return Planner(validated(config), code, read_pins(root / LOCK), RegisteredModules()).plan()


def planned_from_file(path: Path, root: Path) -> Plan:
    """The plan of the experiment in the YAML file at `path`."""
    return planned(load(path), root)
