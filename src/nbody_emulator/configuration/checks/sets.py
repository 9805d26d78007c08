"""Can the sets of runs that are drawn here serve their roles, and are their random streams apart?"""

from collections.abc import Iterator

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.settings.error import refuse

PRIOR_ROLES = ("calibration", "observation", "sealed")
"""Roles whose statistics hold only for independent draws from the prior."""


Drawn = ClusterExperiment | FunctionExperiment
"""Experiments whose runs are drawn here."""

CHOSEN_ROLE, CHOSEN_SAMPLER = "predictive", "posterior"
"""The role of runs whose points posteriors choose, and how they do."""


def check_replicates(experiment: Drawn) -> None:
    """Noise is measured between runs of one point; conformal intervals want one run of each."""
    for name in experiment.names_of("noise"):
        noise = experiment.sets[name]
        if noise.replicates >= 2:
            continue
        problem = f"{noise.replicates} is too few"
        refuse(
            f"sets.{name}.replicates", problem, "noise is seen between runs of one point; write at least 2"
        )
    name, calibration = experiment.set_of("calibration")
    if calibration.replicates > 1:
        problem = f"{calibration.replicates} is too many"
        remedy = "conformal intervals want independent runs; write 1 and more points instead"
        refuse(f"sets.{name}.replicates", problem, remedy)


def check_perturbations(experiment: Drawn) -> None:
    """Chaos is seen between runs of the same stars; elsewhere they would count as runs of their own."""
    missing = "chaos is seen between runs of the same stars; write at least 2, as in 6"
    _check_belongs_to(experiment, "repeat", "perturbations", missing)


def check_samplers(experiment: Drawn) -> None:
    """Sets that stand for the prior are drawn from it."""
    for name, run_set in sorted(experiment.sets.items()):
        role = run_set.role
        if role in PRIOR_ROLES and run_set.sampler != "prior":
            problem = f"{run_set.sampler!r} does not give independent draws, which the role {role} needs"
            refuse(f"sets.{name}.sampler", problem, "write prior")
        if role == CHOSEN_ROLE and run_set.sampler != CHOSEN_SAMPLER:
            problem = f"{run_set.sampler!r} does not draw from posteriors, as the role {role} needs"
            refuse(f"sets.{name}.sampler", problem, f"write {CHOSEN_SAMPLER}")
        if role != CHOSEN_ROLE and run_set.sampler == CHOSEN_SAMPLER:
            remedy = f"write prior or latin_hypercube, or role: {CHOSEN_ROLE}"
            refuse(f"sets.{name}.sampler", f"{CHOSEN_SAMPLER!r} is not for the role {role}", remedy)


def check_release(experiment: Drawn) -> None:
    """The sealed set, and no other, has a second stream for publishing."""
    missing = "name the stream that publishing alone opens, different from stream"
    _check_belongs_to(experiment, "sealed", "release_stream", missing)


def _check_belongs_to(experiment: Drawn, role: str, key: str, missing: str) -> None:
    """Sets of this role have the key, and no others."""
    for name, run_set in sorted(experiment.sets.items()):
        path, value = f"sets.{name}.{key}", getattr(run_set, key)
        if run_set.role == role and value is None:
            refuse(path, "missing", missing)
        if run_set.role != role and value is not None:
            remedy = f"remove it, or move it to a set with role: {role}"
            refuse(path, f"not used by the role {run_set.role}", remedy)


def check_streams(experiment: Drawn) -> None:
    """No two sets share an initial condition."""
    owners: dict[str, str] = {}
    # A set whose stream bears its own name comes first: it is not the one that took another's.
    for path, stream in sorted(_streams(experiment), key=lambda item: item[0] != f"sets.{item[1]}.stream"):
        if stream in owners:
            problem = f"{stream!r} is {owners[stream]} already"
            refuse(path, problem, "choose another name: sets must not share runs")
        owners[stream] = path


def _streams(experiment: Drawn) -> Iterator[tuple[str, str]]:
    for name, run_set in sorted(experiment.sets.items()):
        yield f"sets.{name}.stream", run_set.stream
        if run_set.release_stream is not None:
            yield f"sets.{name}.release_stream", run_set.release_stream


CHECKS = (
    check_replicates,
    check_perturbations,
    check_samplers,
    check_release,
    check_streams,
)
