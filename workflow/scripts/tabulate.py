import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.digits import csv_text
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.files import write_text
from nbody_emulator.receipt import write_receipt

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]

table = TABLES.load(settings["table"])(read_sources(**dict(snakemake.input.items())), settings)
write_text(snakemake.output[0], csv_text(table))
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
