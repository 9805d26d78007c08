import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.cross_validation import cross_validated_fit
from nbody_emulator.netcdf import write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
origin = provenance(specification)

table = read_table(snakemake.input.summaries, settings)
emulator, out_of_fold, record = cross_validated_fit(table, {**settings, "identity": origin["identity"]})
write(record.assign_attrs(origin), snakemake.output.record)
write(out_of_fold.assign_attrs(origin), snakemake.output.out_of_fold)
emulator.save(snakemake.output.emulator)
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
