"""Summaries of made-up runs in as many blocks as one likes, and their gathering.

`synthetic_blocks.py <blocks> <folder>` prints, as JSON, the CPU seconds of gathering them, the most memory this
process held at any time, and the size of the dataset.
"""

import json
import resource
import shutil
import sys
import time
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.file import load
from nbody_emulator.design.block import draw_block
from nbody_emulator.quantities.tables import gather
from nbody_emulator.settings.rows import Reading, Source
from nbody_emulator.storage import netcdf

ROOT = Path(__file__).resolve().parents[1]
STATISTICS = {
    "bound_fraction": "1",
    "velocity_dispersion": "pc Myr-1",
    "half_mass_radius": "pc",
    "core_radius": "pc",
}
RUN_FACTS = ("energy_error", "step", "step_fraction", "halvings")


def summary(experiment: Experiment) -> xr.Dataset:
    """A block of training runs with statistics drawn at random, so that none of it can be compressed."""
    block = block_of_runs(experiment, experiment.sets["train"], 0)
    dataset = draw_block(block).assign_attrs(fewest_stars=block.cluster.stars)
    random, runs, times = np.random.default_rng(0), dataset.sizes["run"], experiment.snapshots
    for name, units in STATISTICS.items():
        about = {"units": units, "long_name": name}
        dataset[name] = (("run", "time"), random.uniform(0.1, 0.9, (runs, times)), about)
    bound = {"units": "1", "long_name": "number of bound stars"}
    dataset["bound_stars"] = (("run", "time"), np.full((runs, times), 100.0), bound)
    for name in RUN_FACTS:
        dataset[name] = ("run", random.uniform(0.0, 1e-3, runs), {"units": "1", "long_name": name})
    dataset["status"] = ("run", np.zeros(runs, np.int8), {"units": "1", "long_name": "status"})
    dataset["reason"] = ("run", np.full(runs, ""), {"long_name": "reason"})
    fraction = ("time", np.linspace(0.0, 1.0, times), {"units": "1", "long_name": "fraction of the duration"})
    return dataset.assign_coords(time=fraction)


def write_blocks(experiment: Experiment, count: int, folder: Path) -> list[Path]:
    """The same block `count` times, each under its own number."""
    paths = [folder / f"{index}.nc" for index in range(count)]
    netcdf.write(summary(experiment), paths[0])
    for index, path in enumerate(paths[1:], start=1):
        shutil.copyfile(paths[0], path)
        with netCDF4.Dataset(path, "a") as file:
            file.block = index
    return paths


def main(count: int, folder: Path) -> None:
    experiment = load(ROOT / "config" / "cluster.yaml")
    paths = write_blocks(experiment, count, folder)
    sources = [Source(set="train", stream="train", role="training", block=index) for index in range(count)]
    reading = Reading(
        sources=sources,
        outputs=experiment.output_readings,
        units=experiment.units,
        survival=experiment.survival,
    )
    began = time.process_time()
    netcdf.write_parts(gather(paths, reading), "run", folder / "dataset.nc")
    told = {
        "cpu_seconds": time.process_time() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "mb_written": (folder / "dataset.nc").stat().st_size / 1e6,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
