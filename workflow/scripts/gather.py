import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.netcdf import write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import gather

specification = snakemake.params.specification

dataset = gather(snakemake.input.summaries, json.loads(specification)["settings"])
write(dataset.assign_attrs(provenance(specification)), snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1])
