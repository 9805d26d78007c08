import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.store.export import copy_export
from nbody_emulator.store.ledger import record_opening

parameters = snakemake.params
record_opening(parameters.ledger, parameters.entry, snakemake.input.files[0])
copy_export(snakemake.input.files, snakemake.output.files, snakemake.output.stamp, parameters.identities)
parameters.history.record()
