import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.cross_validation import cross_validate
from nbody_emulator.netcdf import write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
origin = provenance(specification)

predictions, record = cross_validate(read_table(snakemake.input.summaries, settings), settings)
write(record.assign_attrs(origin), snakemake.output.record)
write(predictions.assign_attrs(origin), snakemake.output.predictions)
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1])
