from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.fates.follow import follow
from nbody_emulator.settings.fates import FateReading
from nbody_emulator.storage.netcdf import read, write

stars = follow(read(snakemake.input.simulation[0]), job.settings(FateReading))
write(stars.assign_attrs(job.origin), snakemake.output[0])
job.finish()
