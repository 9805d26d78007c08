import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.design.block import draw_block
from nbody_emulator.netcdf import write
from nbody_emulator.progress import counter
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.simulation.block import simulate_block

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]

design = draw_block(settings).isel(run=slice(settings.get("runs")))
runs = simulate_block(design, settings, report=counter(snakemake.log[0]))
write(runs.assign_attrs(provenance(specification)), snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
