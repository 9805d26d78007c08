from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.design.block import draw_block
from nbody_emulator.design.chosen import chosen_points
from nbody_emulator.running.progress import counter
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.simulation.block import simulate_block
from nbody_emulator.storage.netcdf import write

block = job.settings(BlockOfRuns).with_files(snakemake.input.get("stars", []))
design = draw_block(block, chosen_points(snakemake.input.get("draws", []), block)).isel(run=slice(block.runs))
runs = simulate_block(design, block, report=counter(snakemake.log[0]))
write(runs.assign_attrs(job.origin), snakemake.output[0])
job.finish()
