"""What one run of `config/cluster.yaml` costs on one core, in seconds and in bytes.

    python benchmarks/scale_runs.py [runs]

The first runs of the first training block, one after the other, as a job on a processor makes them; what was compiled
before is not counted. Bytes are those of the two files a block leaves, shared among its runs.
"""

import sys
import tempfile
import time
from pathlib import Path

from stopwatch import keep_to_one_core, publish

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.file import load
from nbody_emulator.design.block import draw_block
from nbody_emulator.settings.duration import Duration
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.simulation.block import simulate_block
from nbody_emulator.storage import netcdf
from nbody_emulator.summaries.block import summarize

ROOT = Path(__file__).resolve().parents[1]
RUNS = 4


def megabytes_a_run(dataset) -> float:
    """Size of the file that the dataset becomes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "block.nc"
        netcdf.write(dataset, path)
        return path.stat().st_size / dataset.sizes["run"] / 1e6


def main(runs: int) -> None:
    keep_to_one_core()
    experiment = load(ROOT / "config" / "cluster.yaml")
    block = block_of_runs(experiment, experiment.sets["train"], 0)
    block = block.changed(integration=block.integration.changed(batch_width=1))
    design = draw_block(block).isel(run=slice(runs))
    simulate_block(design.isel(run=slice(1)), block.changed(duration=Duration(time=0.1)))  # compiles
    began = time.process_time()
    simulated = simulate_block(design, block)
    simulation_seconds = time.process_time() - began
    began = time.process_time()
    summary = summarize(simulated, SummarySettings(statistics=experiment.statistics))
    row = {
        "stars": experiment.cluster.stars,
        "runs": runs,
        "cpu_seconds_a_run": simulation_seconds / runs,
        "summary_cpu_seconds_a_run": (time.process_time() - began) / runs,
        "simulation_mb_a_run": megabytes_a_run(simulated),
        "summary_mb_a_run": megabytes_a_run(summary),
    }
    publish("scale_runs", [row])


if __name__ == "__main__":
    main(int((sys.argv[1:] or [RUNS])[0]))
