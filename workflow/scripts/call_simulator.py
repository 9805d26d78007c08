from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from pathlib import Path

from nbody_emulator.design.block import draw_block
from nbody_emulator.design.chosen import chosen_points
from nbody_emulator.running.progress import counter
from nbody_emulator.settings.own_blocks import BlockOfCalls
from nbody_emulator.simulation.function_runs import call_block, load_function
from nbody_emulator.storage.netcdf import write

block = job.settings(BlockOfCalls)
design = draw_block(block, chosen_points(snakemake.input.get("draws", []), block))
simulator = load_function(block.python, Path())
runs = call_block(design, block, simulator, report=counter(snakemake.log[0]))
write(runs.assign_attrs(job.origin), snakemake.output[0])
job.finish()
