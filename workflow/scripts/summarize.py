from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.storage.netcdf import read, write
from nbody_emulator.summaries.block import summarize

summary = summarize(read(snakemake.input.simulation[0]), job.settings(SummarySettings))
write(summary.assign_attrs(job.origin), snakemake.output[0])
job.finish()
