from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.quantities.runs_table import noted
from nbody_emulator.quantities.tables import gather
from nbody_emulator.settings.rows import Reading
from nbody_emulator.storage.netcdf import write_parts

parts = noted(gather(snakemake.input.summaries, job.settings(Reading)), snakemake.output.runs)
write_parts((part.assign_attrs(job.origin) for part in parts), "run", snakemake.output[0])
job.finish()
