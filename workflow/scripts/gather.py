from nbody_emulator.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.netcdf import write_parts
from nbody_emulator.runs_table import noted
from nbody_emulator.settings.rows import Reading
from nbody_emulator.tables import gather

parts = noted(gather(snakemake.input.summaries, job.settings(Reading)), snakemake.output.runs)
write_parts((part.assign_attrs(job.origin) for part in parts), "run", snakemake.output[0])
job.finish()
