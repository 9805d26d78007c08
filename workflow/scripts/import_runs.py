from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.quantities.own_summary import summary_of_rows
from nbody_emulator.quantities.planned_rows import read_planned
from nbody_emulator.settings.own_blocks import BlockOfFile
from nbody_emulator.storage.netcdf import write

block = job.settings(BlockOfFile)
runs = read_planned(snakemake.params.file, block)
write(summary_of_rows(runs, block.stream, block.block).assign_attrs(job.origin), snakemake.output[0])
job.finish()
