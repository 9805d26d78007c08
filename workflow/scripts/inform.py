from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.information import judge_information
from nbody_emulator.quantities.tables import read_table
from nbody_emulator.settings.rows import InformationSettings
from nbody_emulator.storage.netcdf import write

files, settings = snakemake.input, job.settings(InformationSettings)
found = judge_information(Emulator.load(files.emulator[0]), read_table(files.summaries, settings), settings)
write(found.assign_attrs(job.origin), snakemake.output.information)
job.finish()
