from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.posteriors import judge_posteriors
from nbody_emulator.quantities.tables import read_table
from nbody_emulator.settings.rows import PosteriorSettings
from nbody_emulator.storage.netcdf import write

files, settings = snakemake.input, job.settings(PosteriorSettings)
posteriors, emulator = judge_posteriors(
    Emulator.load(files.emulators[0]), read_table(files.summaries, settings), settings
)
write(posteriors.assign_attrs(job.origin), snakemake.output.posteriors)
emulator.save(snakemake.output.emulator)
job.finish()
