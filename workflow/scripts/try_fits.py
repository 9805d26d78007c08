from nbody_emulator.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.trials import run_trial
from nbody_emulator.netcdf import write
from nbody_emulator.settings.rows import TrialSettings
from nbody_emulator.tables import read_table

settings = job.settings(TrialSettings)
training = read_table(snakemake.input.training, settings)
noise = read_table(snakemake.input.noise, settings.noise)
write(run_trial(training, noise, settings).assign_attrs(job.origin), snakemake.output[0])
job.finish()
