import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.rows import predict_open
from nbody_emulator.netcdf import read, write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification, files = snakemake.params.specification, snakemake.input
settings = json.loads(specification)["settings"]
table = read_table(files.summaries, settings)

predictions = predict_open(
    map(Emulator.load, files.emulators), table, map(read, files.out_of_fold), settings["levels"]
)
write(predictions.assign_attrs(provenance(specification)), snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
