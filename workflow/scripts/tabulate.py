from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.settings.protocol import TableSettings
from nbody_emulator.storage.digits import csv_text
from nbody_emulator.storage.files import write_text

settings = job.settings(TableSettings)
table = TABLES.load(settings.table)(read_sources(**dict(snakemake.input.items())), settings)
write_text(snakemake.output[0], csv_text(table))
job.finish()
