"""Can the files of runs serve the roles of their sets, each run in one of them, the sealed one unopened?"""

from pathlib import Path

from nbody_emulator.configuration.table_experiment import TableExperiment
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.storage.files import file_sha256

SEALED = "sealed"

INDEPENDENT = {"calibration": "conformal intervals want", "observation": "posteriors are judged on"}
"""Roles whose runs are one of each point, and why."""


def check_seal(experiment: TableExperiment) -> None:
    """The sealed file is known by its checksum, and no set is read from it before."""
    name, sealed = experiment.set_of(SEALED)
    if sealed.sha256 is None:
        remedy = f"write what `sha256sum {sealed.file}` prints: nothing but the evaluation opens the file"
        refuse(f"sets.{name}.sha256", "missing", remedy)
    for other, given in sorted(experiment.sets.items()):
        if given.role != SEALED and given.sha256 is not None:
            refuse(f"sets.{other}.sha256", f"not used by the role {given.role}", "remove it")
    if experiment.sealed_stream == "release":
        refuse("sealed_stream", "runs in a file have one test set, and no second stream", "write development")


def check_blocks(experiment: TableExperiment) -> None:
    """Training runs alone are divided."""
    for name, given in sorted(experiment.sets.items()):
        if given.role != "training" and given.blocks > 1:
            refuse(f"sets.{name}.blocks", f"not used by the role {given.role}", "remove it")


def check_runs(experiment: TableExperiment) -> None:
    """Every file but the sealed one is read, and what is wrong in it is told."""
    _ = experiment.runs
    sealed = experiment.set_of(SEALED)[1]
    for name, given in sorted(experiment.sets.items()):
        # Whatever it is called, and whether it is a copy.
        if given.role != SEALED and file_sha256(Path(given.file)) == sealed.sha256:
            refuse(f"sets.{name}.file", f"{given.file!r} is the sealed file", "name another file")


def check_replicates(experiment: TableExperiment) -> None:
    """Noise is seen between runs of one point; conformal intervals want one run of each."""
    for name in experiment.names_of("noise"):
        if experiment.most_replicates(name) < 2:
            problem = f"no two runs in {experiment.sets[name].file} are of one design point"
            refuse(
                f"sets.{name}.role",
                problem,
                "noise is seen between them; add replicates, or write role: extra",
            )
    for role, why in INDEPENDENT.items():
        for name in experiment.names_of(role):
            if (runs := experiment.most_replicates(name)) > 1:
                problem = f"{experiment.sets[name].file} has {runs} runs of one design point"
                refuse(f"sets.{name}.file", problem, f"{why} independent runs; keep one of each")


def check_points(experiment: TableExperiment) -> None:
    """No two sets share a design point: one would judge what the other taught."""
    owners: dict[tuple[float, ...], str] = {}
    for name, runs in experiment.runs.items():
        points = dict.fromkeys(map(tuple, runs.inputs.tolist()))
        shared = next((point for point in points if point in owners), None)
        if shared is not None:
            values = ", ".join(
                f"{each.name} {shown(value)}" for each, value in zip(runs.parameters, shared, strict=True)
            )
            problem = f"shares a design point with sets.{owners[shared]} ({values})"
            refuse(f"sets.{name}.file", problem, "keep its runs in one of the two")
        owners |= dict.fromkeys(points, name)


CHECKS = (check_seal, check_blocks, check_runs, check_replicates, check_points)
