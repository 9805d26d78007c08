from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.features.view import view
from nbody_emulator.settings.protocol import Given
from nbody_emulator.storage.netcdf import read, write

seen = view(read(snakemake.input.simulation[0]), job.settings(Given))
write(seen.assign_attrs(job.origin), snakemake.output[0])
job.finish()
