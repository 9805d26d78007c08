"""Start the script of a job: `job.py --device auto --jobs-per-gpu 1 --on-gpu simulate -- python script.py`.

Snakemake puts this before every script it runs. A rule that computes on a GPU has its own from the moment it imports
JAX, for as long as its process lives; all others see none. Where the seconds went is noted beside the job's log.
"""

import os
import sys
from pathlib import Path

# What runs is this tree's package, whatever the environment holds.
TREE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TREE / "src"))

from nbody_emulator.experiment.job_environment import job_environment

# Before anything else the interpreter starts anew in the environment of jobs, unless it was given that already.
KNOWN = job_environment(os.environ)
if dict(os.environ) != KNOWN:
    os.execve(sys.executable, [sys.executable, "-I", "-X", "utf8", *sys.argv], KNOWN)

import argparse
import gc
import runpy

from nbody_emulator.experiment.before_import import before_import
from nbody_emulator.experiment.device import HIDDEN, Device, NoGpuError
from nbody_emulator.experiment.job_clock import JobClock
from nbody_emulator.experiment.own_tree import exit_if_foreign
from nbody_emulator.experiment.timings import note_seconds
from nbody_emulator.receipt import EXPERIMENT

exit_if_foreign(TREE)

CLOCK = JobClock()
LEASES = Path(f"/tmp/nbody-emulator-{os.getuid()}")

parser = argparse.ArgumentParser()
parser.add_argument("--device", required=True)
parser.add_argument("--jobs-per-gpu", type=int, required=True)
parser.add_argument("--experiment", default="", help="for which this job runs")
parser.add_argument("--on-gpu", nargs="*", help="rules that compute on a GPU where there is one")
parser.add_argument(
    "--gpus-are-given", action="store_true", help="a scheduler has chosen the GPUs of this job"
)
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
given = dict(os.environ)


def take_device() -> None:
    """Tell JAX where this job computes, when it is about to be imported."""
    device = Device(options.device, options.jobs_per_gpu)
    if sys.modules["__main__"].snakemake.rule not in options.on_gpu:
        return
    try:
        with CLOCK.waiting():
            os.environ |= (
                device.on_given(given) if options.gpus_are_given else device.on_leased(given, LEASES)
            )
    except NoGpuError as error:
        sys.exit(str(error))


# Thousands of modules are imported, none of them garbage: to look for it takes a seventh of the time.
gc.set_threshold(100_000, 50, 50)
os.environ |= HIDDEN | {EXPERIMENT: options.experiment}
before_import("jax", take_device)
sys.argv = options.command[-1:]
with CLOCK.listening():
    # Named as a script's own, for whoever looks for it in the main module.
    snakemake = runpy.run_path(sys.argv[0], run_name="__main__")["snakemake"]
note_seconds(snakemake.log[0], CLOCK.seconds())
