from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

import pandas as pd

from nbody_emulator.pages.contents import contents
from nbody_emulator.pages.explore import explore_page
from nbody_emulator.settings.page import PageSettings
from nbody_emulator.storage.files import write_text
from nbody_emulator.storage.netcdf import read

files, settings = snakemake.input, job.settings(PageSettings)
shown = contents(files.emulators, read(files.dataset[0]), pd.read_csv(files.comparison[0]), settings.title)
write_text(snakemake.output[0], explore_page(shown))
job.finish()
