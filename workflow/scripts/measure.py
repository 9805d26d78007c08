from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

import pandas as pd

from nbody_emulator.evaluation.metrics import collect
from nbody_emulator.settings.protocol import MetricsSettings
from nbody_emulator.storage.digits import json_text
from nbody_emulator.storage.files import write_text

settings = job.settings(MetricsSettings)
tables = {name: pd.read_csv(path) for name, path in zip(settings.tables, snakemake.input.tables, strict=True)}
write_text(snakemake.output[0], json_text(collect(tables, settings)))
job.finish()
