import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.running.timings import stage_timings
from nbody_emulator.storage.files import write_text
from nbody_emulator.store.export import copy_export

parameters = snakemake.params
write_text(snakemake.output.timings, json.dumps(stage_timings(parameters.benchmarks), indent=1) + "\n")
copy_export(snakemake.input.files, parameters.targets, snakemake.output.stamp, parameters.identities)
parameters.history.record()
