import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

import pandas as pd

from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save
from nbody_emulator.running.costs import family_costs
from nbody_emulator.running.timings import stage_timings
from nbody_emulator.storage.files import write_text
from nbody_emulator.store.export import copy_export

parameters = snakemake.params
write_text(snakemake.output.timings, json.dumps(stage_timings(parameters.benchmarks), indent=1) + "\n")
costs = family_costs(pd.read_csv(snakemake.input.comparison), parameters.fit_jobs)
costs.to_csv(snakemake.output.costs, index=False)
figure = FIGURES.load("costs")
drawn = snakemake.output.costs_figure, snakemake.output.costs_document, snakemake.output.costs_slide
save(figure.draw(costs, parameters.style), figure.alternative(costs), *drawn)
copy_export(snakemake.input.files, parameters.targets, snakemake.output.stamp, parameters.identities)
parameters.history.record()
