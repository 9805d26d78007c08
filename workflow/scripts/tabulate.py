import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.files import write_text

settings = json.loads(snakemake.params.specification)["settings"]

table = TABLES.load(settings["table"])(read_sources(**dict(snakemake.input.items())), settings)
write_text(snakemake.output[0], table.to_csv(index=False))
