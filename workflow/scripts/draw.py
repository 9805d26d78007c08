from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

import pandas as pd

from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save
from nbody_emulator.settings.figure_style import FigureSettings

settings = job.settings(FigureSettings)
figure, table = FIGURES.load(settings.figure), pd.read_csv(snakemake.input.table[0])
files = snakemake.output.figure, snakemake.output.document, snakemake.output.slide
save(figure.draw(table, settings.style), figure.alternative(table), *files)
job.finish()
