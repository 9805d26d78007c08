import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.netcdf import write_parts
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.runs_table import noted
from nbody_emulator.tables import gather

specification = snakemake.params.specification
origin = provenance(specification)

parts = gather(snakemake.input.summaries, json.loads(specification)["settings"])
parts = noted(parts, snakemake.output.runs)
write_parts((part.assign_attrs(origin) for part in parts), "run", snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
