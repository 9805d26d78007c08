# Every helper of the rules, and no science: the plan, and functions that look things up in it.
import _thread
import gc
import os
import signal
import sys
from pathlib import Path

from snakemake.utils import update_config

from nbody_emulator.experiment.configuration import ConfigurationError, check_name, read, validated
from nbody_emulator.experiment.dates import date_now
from nbody_emulator.experiment.device import Device, NoGpuError
from nbody_emulator.experiment.export import evaluation_export, results_export
from nbody_emulator.experiment.failure import tell_of_failure
from nbody_emulator.experiment.history import History
from nbody_emulator.experiment.job_environment import job_environment
from nbody_emulator.experiment.ledger import Openings, ledger_entry, ledger_path, models_identity
from nbody_emulator.experiment.lock import CannotHoldError, hold_unless_inherited
from nbody_emulator.experiment.measured import AGAINST_REBOUND, Benchmark, Measured, Timings
from nbody_emulator.experiment.planned import LOCK, planned
from nbody_emulator.experiment.slurm_queue import cancel_left_jobs
from nbody_emulator.identity.versions import differing_installations, read_pins
from nbody_emulator.progress import tally_path, watch

# A large plan is millions of objects that stay: to look among them for garbage takes a seventh of a dry run.
gc.set_threshold(100_000, 50, 50)


def check_as_written(paths):
    """Refuse what Snakemake itself is silent about: a key that occurs twice, and 1:30, which it reads as 90."""
    together = {}
    for path in paths:
        written = read(path)
        check_name(path, written)
        update_config(together, written)
    validated(together)


try:
    if workflow.configfiles:
        check_as_written(workflow.configfiles)
    RUNTIME = validated(config)["runtime"]
    PLAN = planned(config, Path(workflow.basedir))
except ConfigurationError as error:
    sys.exit(f"{', '.join(map(str, workflow.configfiles))}: {error}")

DEVICE = Device(RUNTIME["device"], RUNTIME["jobs_per_gpu"])
ON_GPU = ("simulate", "simulate_sealed")  # where there is one; from all other jobs it is hidden

os.environ.update(job_environment())
shell.prefix(
    f"set -euo pipefail; exec {sys.executable} -P {workflow.basedir}/workflow/job.py --on-gpu {' '.join(ON_GPU)} "
    f"--device {DEVICE.device} --jobs-per-gpu {DEVICE.jobs_per_gpu} "
    f"{'--gpus-are-given' if workflow.remote_exec else ''} -- "
)


# Artifacts are read from their first file, but for what lies beside the emulators.
FILE_OF_ROLE = {"out_of_fold": "out_of_fold.nc", "fittings": "fitting.nc"}
EXPORT = results_export(PLAN)
EXPORT_OF_TEST_SET = evaluation_export(PLAN)


wildcard_constraints:
    identity="[0-9a-f]{12}",


def artifact_of(stage, wildcards):
    """The planned artifact that a job's wildcards name."""
    key = (stage, wildcards.identity)
    if key not in PLAN.by_identity:
        raise WorkflowError(f"results/store/{stage}/{wildcards.identity} is no part of this experiment")
    return PLAN.by_identity[key]


def paths_of(role, items):
    """The files that artifacts are read from in one role.

    They are ancient because their paths name their content: a copied or touched file is no newer result.
    """
    return [ancient(item.path(FILE_OF_ROLE.get(role))) for item in items]


def inputs_of(stage, role):
    """Input function: the files an artifact reads in one role."""

    def files(wildcards):
        return paths_of(role, artifact_of(stage, wildcards).inputs[role])

    return files


def all_inputs_of(stage):
    """Input function: the files an artifact reads, by role."""

    def files(wildcards):
        inputs = artifact_of(stage, wildcards).inputs
        return {role: paths_of(role, items) for role, items in inputs.items()}

    return files


def specification_of(stage):
    """Params function: the canonical JSON text of all that decides an artifact's content."""

    def specification(wildcards):
        return artifact_of(stage, wildcards).canonical_specification

    return specification


def title_of(stage):
    """Params function: what a person calls the artifact."""

    def title(wildcards):
        return artifact_of(stage, wildcards).title

    return title


def runs_of(wildcards):
    """Params function: the number of runs in a block of simulations."""
    return PLAN.runs_of(artifact_of("simulations", wildcards))


SIMULATION_FIGURES = {"energy", "half_step", "evolution"}


def in_report(path):
    """A figure as the report shows it, with the caption of the same name."""
    name = Path(path).stem
    category = "Can the simulations be trusted?" if name in SIMULATION_FIGURES else "Figures"
    return report(
        path, caption=f"../report/{name}.rst", category=category, labels={"figure": name.replace("_", " ")}
    )


def simulation_tallies(dag):
    """Tally file -> number of runs, for every block of simulations that is about to run."""
    return {
        tally_path(job.log[0]): runs_of(job.wildcards)
        for job in dag.needrun_jobs()
        if job.rule.name.startswith("simulate")
    }
