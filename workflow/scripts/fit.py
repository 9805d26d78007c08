import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.fitting import fit
from nbody_emulator.netcdf import write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
origin = provenance(specification)

emulator, record = fit(
    read_table(snakemake.input.summaries, settings), {**settings, "identity": origin["identity"]}
)
write(record.assign_attrs(origin), snakemake.output.record)
emulator.save(snakemake.output.emulator)
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1])
