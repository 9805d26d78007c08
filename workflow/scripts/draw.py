import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

import pandas as pd

from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save
from nbody_emulator.receipt import write_receipt

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]

figure = FIGURES.load(settings["figure"])(pd.read_csv(snakemake.input.table[0]), settings["style"])
save(figure, snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
