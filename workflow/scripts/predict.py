import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.rows import predict_rows
from nbody_emulator.netcdf import write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
folds = [Emulator.load(path) for path in snakemake.input.folds]
full = Emulator.load(snakemake.input.full[0])

predictions = predict_rows(folds, full, read_table(snakemake.input.summaries, settings), settings)
write(predictions.assign_attrs(provenance(specification)), snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1])
