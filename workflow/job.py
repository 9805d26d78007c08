"""Start the script of a job: `job.py --device auto --jobs-per-gpu 1 -- python .snakemake/scripts/tmp1a2b.simulate.py`.

Snakemake puts this before every script it runs. A simulation has its GPU, where there is one, from here on for as long
as its process lives; all other jobs see none. Where the seconds went is noted beside the job's log.
"""

import os
import sys
from pathlib import Path

# What runs is this tree's package, whatever the environment holds.
TREE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TREE / "src"))

from nbody_emulator.running.job_environment import job_environment

# Before anything else the interpreter starts anew in the environment of jobs, unless it was given that already.
KNOWN = job_environment(os.environ)
if dict(os.environ) != KNOWN:
    os.execve(sys.executable, [sys.executable, "-I", "-X", "utf8", *sys.argv], KNOWN)

import argparse
import gc
import runpy

from nbody_emulator.plan.stages import SIMULATIONS
from nbody_emulator.running.device import HIDDEN, Device, NoGpuError
from nbody_emulator.running.heavy_imports import import_heavy
from nbody_emulator.running.job_clock import JobClock
from nbody_emulator.running.own_tree import exit_if_foreign
from nbody_emulator.running.timings import note_seconds
from nbody_emulator.storage.receipt import EXPERIMENT

exit_if_foreign(TREE)

CLOCK = JobClock()
LEASES = Path(f"/tmp/nbody-emulator-{os.getuid()}")

parser = argparse.ArgumentParser()
parser.add_argument("--device", required=True)
parser.add_argument("--jobs-per-gpu", type=int, required=True)
parser.add_argument("--experiment", default="", help="for which this job runs")
parser.add_argument(
    "--gpus-are-given", action="store_true", help="a scheduler has chosen the GPUs of this job"
)
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()


def script_name(path: str) -> str:
    """What a script is called whose copy Snakemake runs: `tmp1a2b.simulate.py` is of simulate.py.

    Whoever uses this Snakefile as a module may rename its rules; their scripts keep their names.
    """
    return Path(path).name.partition(".")[2]


def device_variables(script: str) -> dict[str, str]:
    """What tells JAX where this job computes; it counts only until JAX is imported."""
    if script != SIMULATIONS.script:
        return HIDDEN
    device = Device(options.device, options.jobs_per_gpu)
    try:
        with CLOCK.counting("wait"):
            return (
                device.on_given(os.environ)
                if options.gpus_are_given
                else device.on_leased(os.environ, LEASES)
            )
    except NoGpuError as error:
        sys.exit(str(error))


# Thousands of modules are imported, none of them garbage: to look for it takes a seventh of the time.
gc.set_threshold(100_000, 50, 50)
sys.argv = options.command[-1:]
script = script_name(sys.argv[0])
os.environ |= device_variables(script) | {EXPERIMENT: options.experiment}
with CLOCK.counting("import"):
    import_heavy(script)
if "jax" in sys.modules:
    CLOCK.listen_to_jax()
snakemake = runpy.run_path(sys.argv[0], run_name="__main__")["snakemake"]
note_seconds(snakemake.log[0], CLOCK.seconds())
