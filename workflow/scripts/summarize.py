import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.netcdf import read, write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.summaries.block import summarize

specification = snakemake.params.specification

summary = summarize(read(snakemake.input.simulation[0]), json.loads(specification)["settings"])
write(summary.assign_attrs(provenance(specification)), snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
