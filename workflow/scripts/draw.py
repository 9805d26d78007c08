from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

import pandas as pd

from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save
from nbody_emulator.settings.figure_style import FigureSettings

settings = job.settings(FigureSettings)
figure = FIGURES.load(settings.figure)(pd.read_csv(snakemake.input.table[0]), settings.style)
save(figure, snakemake.output[0])
job.finish()
