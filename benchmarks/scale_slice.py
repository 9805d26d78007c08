"""The first block of every set of `config/cluster.yaml`, simulated and summarized whole by Snakemake's own jobs.

    python benchmarks/scale_slice.py [set ...]

What is in the store is not made again, and what it took is kept from when it was made: an interrupted slice goes on,
and at most one job is lost. The test set's block is simulated and summarized, for that is what it costs; nothing is
evaluated, and the test set stays sealed.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from stopwatch import Used, keep, publish, read, used

from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.plan.plan import Block
from nbody_emulator.quantities.run_status import Status
from nbody_emulator.storage.netcdf import read as read_netcdf

CONFIG = Path("config/cluster.yaml")
SETS = ("train", "replicate", "calibration", "test")
JOBS, RUNS = "scale_slice", "scale_slice_runs"


def asked_for(artifact: Artifact) -> Used:
    """What Snakemake and the job that it starts take to make a result, or to find that it is there."""
    snakemake = str(Path(sys.executable).with_name("snakemake"))
    options = ("--configfile", str(CONFIG), "--cores", "1", "--quiet", "all", "--", *artifact.paths)
    return used([sys.executable, "workflow/alone.py", snakemake, *options])


def made(artifact: Artifact, block: Block) -> dict[str, object]:
    """Make a result, and tell what its job alone took: what Snakemake takes without one is left out."""
    job, planning = asked_for(artifact), asked_for(artifact)
    return {
        "set": block.set_name,
        "stage": artifact.stage.name,
        "identity": artifact.identity,
        "runs": block.runs,
        "cpu_seconds": job.cpu_seconds - planning.cpu_seconds,
        "seconds": job.seconds - planning.seconds,
        "planning_cpu_seconds": planning.cpu_seconds,
        "peak_mb": job.peak_mb,
        "disk_mb": sum(path.stat().st_size for path in map(Path, artifact.paths)) / 1e6,
    }


def found(block: Block) -> dict[str, object]:
    """How the runs of a block went."""
    runs = read_netcdf(block.simulation.path())
    errors = runs["energy_error"].values
    return {
        "set": block.set_name,
        "runs": block.runs,
        "star_steps_a_run": float(np.mean(runs["star_steps"])),
        "energy_error_median": float(np.nanmedian(errors)),
        "energy_error_95_percent": float(np.nanquantile(errors, 0.95)),
        "energy_error_largest": float(np.nanmax(errors)),
        "halved": int(np.sum(runs["halvings"] > 0)),
        "step_floor_hits": int(np.sum(runs["step_floor_hits"])),
        **{status.word: int(np.sum(runs["status"] == status)) for status in Status},
    }


def main(sets: tuple[str, ...]) -> None:
    blocks = {block.set_name: block for block in plan_of_file(CONFIG, Path()).blocks if block.index == 0}
    known: dict[object, Mapping[str, object]] = {row["identity"]: row for row in read(JOBS)}
    for block in (blocks[name] for name in sets):
        for artifact in (block.simulation, block.summary):
            if not all(map(os.path.exists, artifact.paths)):
                known[artifact.identity] = made(artifact, block)
                keep(JOBS, list(known.values()))
            if artifact.identity not in known:
                sys.exit(f"nobody measured what {artifact.folder} took; delete it to have it made again")
    publish(JOBS, list(known.values()))
    publish(RUNS, [found(blocks[name]) for name in sets])


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[1])
    main(tuple(sys.argv[1:]) or SETS)
