from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.posterior_draws import draw_posteriors
from nbody_emulator.quantities.tables import read_table
from nbody_emulator.settings.rows import DrawSettings
from nbody_emulator.storage.netcdf import write

files, settings = snakemake.input, job.settings(DrawSettings)
found = draw_posteriors(Emulator.load(files.emulator[0]), read_table(files.summaries, settings), settings)
write(found.assign_attrs(job.origin), snakemake.output.draws)
job.finish()
