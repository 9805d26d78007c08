import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.trials import run_trial
from nbody_emulator.netcdf import write
from nbody_emulator.provenance import provenance
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
training = read_table(snakemake.input.training, settings)
noise = read_table(snakemake.input.noise, {**settings, "sources": settings["noise_sources"]})

trial = run_trial(training, noise, settings)
write(trial.assign_attrs(provenance(specification)), snakemake.output[0])
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
