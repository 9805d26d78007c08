# Every helper of the rules, and no science: the plan, and functions that look things up in it.
import _thread
import gc
import os
import runpy
import shlex
import signal
import sys
from pathlib import Path

# This file's own, also where another Snakefile uses it as a module.
TREE = Path(str(workflow.current_basedir)).parents[1]
AS_MODULE = not workflow.modifier.is_main_snakefile()
OWN_TREE = runpy.run_path(f"{TREE}/src/nbody_emulator/running/own_tree.py")
OWN_TREE["exit_if_foreign"](TREE)
if not AS_MODULE:
    OWN_TREE["exit_if_elsewhere"](TREE)

from snakemake.utils import update_config

from nbody_emulator.configuration.file import check_name, read, validated
from nbody_emulator.inference.observation_file import check_observation
from nbody_emulator.running.costs import FitJob
from nbody_emulator.running.closing_words import tell_of_failure, tell_what_was_found
from nbody_emulator.running.dates import date_now
from nbody_emulator.running.device import Device, NoGpuError
from nbody_emulator.store.export import evaluation_export, results_export
from nbody_emulator.store.history import History
from nbody_emulator.store.ledger import LedgerError, ledger_entry, ledger_path, require_a_new_version
from nbody_emulator.running.lock import CannotHoldError, hold_unless_inherited
from nbody_emulator.plan.from_configuration import LOCK, plan_of
from nbody_emulator.running.slurm_queue import cancel_left_jobs
from nbody_emulator.store.repair import check_remade
from nbody_emulator.plan.stages import STAGES
from nbody_emulator.running.timings import read_timings
from nbody_emulator.figures.register import FIGURES, HEADINGS
from nbody_emulator.identity.versions import differing_installations, read_pins
from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.running.progress import Work, tally_path, watch

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
    if workflow.configfiles and not AS_MODULE:
        check_as_written(workflow.configfiles)
    EXPERIMENT = validated(config)
    PLAN = plan_of(EXPERIMENT, TREE)
except ConfigurationError as error:
    sys.exit(f"{', '.join(map(str, workflow.configfiles))}: {error}")

DEVICE = Device(EXPERIMENT.runtime.device, EXPERIMENT.runtime.jobs_per_gpu)


def as_named_here(*rules):
    """The names of rules of ours, which a Snakefile that uses them as a module may have changed."""
    return {workflow.modifier.modify_rulename(rule) for rule in rules}


SIMULATING = as_named_here("simulate", "simulate_sealed", "call_simulator", "call_simulator_sealed")

JOB = shlex.join([sys.executable, "-I", "-X", "utf8", f"{TREE}/workflow/job.py"])
shell.prefix(
    f"set -euo pipefail; exec {JOB} "
    f"--device {DEVICE.device} --jobs-per-gpu {DEVICE.jobs_per_gpu} "
    f"--experiment {shlex.quote(PLAN.experiment)} "
    f"{'--gpus-are-given' if workflow.remote_exec else ''} -- "
)


STAGE = {stage.name: stage for stage in STAGES}
EXPORT = results_export(PLAN)
EXPORT_OF_TEST_SET = evaluation_export(PLAN)
LEDGER = ledger_path(PLAN.experiment)
LEDGER_ENTRY = ledger_entry(PLAN, EXPERIMENT.release_version)
TIMINGS = f"results/{PLAN.experiment}/timings.json"
COSTS = f"results/{PLAN.experiment}/costs.csv"


wildcard_constraints:
    identity="[0-9a-f]{12}",


def artifact_of(stage, wildcards):
    """The planned artifact that a job's wildcards name."""
    key = (stage, wildcards.identity)
    if key not in PLAN.by_identity:
        raise WorkflowError(f"results/store/{stage}/{wildcards.identity} is no part of this experiment")
    return PLAN.by_identity[key]


def is_there(artifact):
    """Whether a result is whole in the store, and is not to be made again whatever is there."""
    settings = workflow.dag_settings
    is_forced = settings.forceall or settings.forcerun or settings.forcetargets
    return not is_forced and all(Path(path).exists() for path in artifact.paths)


def needed(artifact, paths):
    """Those of the files it reads that an artifact still needs.

    They are ancient because their paths name their content: a copied or touched file is no newer result. What is there
    already needs none that is gone: that is made again for its own sake, and comes out as it was.
    """
    whole = is_there(artifact)
    return [ancient(path) for path in paths if not whole or Path(path).exists()]


# Every stage tells these functions its name, in a few lines that are alike. `use` with another one's would spare it the
# message alone: files, logs and params are of its own name, and no other script can be given.


def inputs_of(stage):
    """Input function: the files an artifact reads, by role."""

    def files(wildcards):
        artifact = artifact_of(stage, wildcards)
        return {
            role: needed(artifact, [item.path_for(role) for item in items])
            for role, items in artifact.inputs.items()
        }

    return files


def outputs_of(stage, folder="store"):
    """What a job of a stage makes, the receipt last: it vouches for the others."""
    files = {**STAGE[stage].outputs, "receipt": "receipt.json"}
    return {name: f"results/{folder}/{stage}/{{identity}}/{file}" for name, file in files.items()}


def log_of(stage):
    return f"results/logs/{stage}/{{identity}}.log"


def timing_of(stage):
    return f"results/logs/{stage}/{{identity}}.tsv"


def witnesses(wildcards):
    """Input function: what every fit has seen. It can stop an evaluation, changes nothing of it, and names it not."""
    return needed(PLAN.evaluation, PLAN.fitted_files)


def emulator_of(wildcards):
    """Input function: the emulator of a family that people use."""
    targets = {name: target for name, target in PLAN.results.items() if name.startswith("emulators/")}
    name = f"emulators/{wildcards.family}.eqx"
    if name not in targets:
        families = ", ".join(Path(each).stem for each in targets)
        raise WorkflowError(f"FAMILY={wildcards.family} is no family of {PLAN.experiment}; it has {families}")
    return ancient(targets[name].path)


def observation_of(wildcards):
    """Input function: the file of an observation, which is looked into before anything is made."""
    path = f"observations/{wildcards.name}.yaml"
    if Path(path).is_file():  # of one that is not there Snakemake itself tells
        try:
            check_observation(path, EXPERIMENT.observable)
        except ValueError as error:
            raise WorkflowError(str(error))
    return path


def params_of(stage):
    """Params functions: the canonical JSON text of all that decides an artifact's content, and what a person calls it."""
    return {
        "specification": lambda wildcards: artifact_of(stage, wildcards).canonical_specification,
        "title": lambda wildcards: artifact_of(stage, wildcards).title,
    }


def file_of_runs(wildcards):
    """Input function: the file from which a block of runs is read, whatever its date."""
    artifact = artifact_of("imports", wildcards)
    return needed(artifact, [PLAN.file_of(artifact)])


def files_of_stars(wildcards):
    """Input function: the files that a block of simulations takes its stars from, whatever their dates; none if drawn."""
    artifact = artifact_of("simulations", wildcards)
    return needed(artifact, PLAN.stars_of(artifact))


def in_report(path):
    """A figure as Snakemake's report shows it; its caption stands in ours."""
    name = Path(path).stem
    return report(
        path,
        caption="../report/figure.rst",
        category=HEADINGS[FIGURES.facts(name).section],
        labels={"figure": name.replace("_", " ")},
    )


def simulation_tallies(dag):
    """Tally file -> number of runs, for every block of simulations that is about to run."""
    return {
        tally_path(job.log[0]): PLAN.runs_of(artifact_of(Path(job.log[0]).parent.name, job.wildcards))
        for job in dag.needrun_jobs()
        if job.rule.name in SIMULATING
    }


def other_work(dag):
    """All jobs about to run that are no simulations, and what they took when this experiment was run last."""
    stages = [
        Path(job.log[0]).parent.name
        for job in dag.needrun_jobs()
        if job.log and job.rule.name not in SIMULATING
    ]
    return Work.of(stages, read_timings(TIMINGS), workflow.resource_settings.cores)
