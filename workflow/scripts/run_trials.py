from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.trials import run_trial
from nbody_emulator.quantities.tables import read_table
from nbody_emulator.settings.rows import TrialSettings
from nbody_emulator.storage.netcdf import write

settings = job.settings(TrialSettings)
training = read_table(snakemake.input.training, settings)
noise = read_table(snakemake.input.noise, settings.noise)
write(run_trial(training, noise, settings).assign_attrs(job.origin), snakemake.output[0])
job.finish()
