"""Do the sets of runs play the roles that an experiment is made of, wherever the runs come from?"""

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.settings.error import refuse, shown

RESERVED_NAMES = ("benchmarks", "compiled", "damaged", "logs", "published", "report", "sealed", "store")
"""Folders of `results/` that are no experiment's."""

SINGLE_ROLES = ("training", "calibration", "sealed")
"""Roles that exactly one set plays."""

OPTIONAL_ROLES = ("noise", "repeat", "observation", "predictive")
"""Roles that one set plays, or none."""


def check_name(experiment: Experiment) -> None:
    """The experiment's folder is its own."""
    if experiment.experiment in RESERVED_NAMES:
        problem = f"{shown(experiment.experiment)} is already a folder of results/"
        refuse("experiment", problem, "choose another name")


def check_roles(experiment: Experiment) -> None:
    """Each role that is needed is played, and no role but `extra` by two sets."""
    needed = (*SINGLE_ROLES, *experiment.needed_roles)
    for role in dict.fromkeys((*needed, *OPTIONAL_ROLES)):
        players = experiment.names_of(role)
        if not players and role in needed:
            refuse("sets", f"none has the role {role}", f"add one set with role: {role}")
        if len(players) > 1:
            problem = f"{role!r} is the role of {' and '.join(players)}"
            refuse(f"sets.{players[1]}.role", problem, "keep one and give the others role: extra")


CHECKS = (check_name, check_roles)
