"""A configuration as a user wrote it, checked and planned."""

from pathlib import Path

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.file import load
from nbody_emulator.identity.accepted import read_acceptances
from nbody_emulator.identity.code import CodeBase
from nbody_emulator.identity.versions import read_pins
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.plan import Plan
from nbody_emulator.plan.planner import Planner

LOCK = Path("envs/cpu.lock")
ACCEPTED_CODE = Path("workflow/accepted_code.json")


def plan_of(experiment: Experiment, root: Path) -> Plan:
    """Every result the experiment asks for, with the code and the pinned versions in the repository at `root`."""
    code = CodeBase(root / "src", root / "workflow" / "scripts", read_acceptances(root / ACCEPTED_CODE))
    return Planner(experiment, ArtifactMaker(code, read_pins(root / LOCK))).plan()


def plan_of_file(path: Path, root: Path) -> Plan:
    """The plan of the experiment in the YAML file at `path`."""
    return plan_of(load(path), root)
