import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.rows import predict_rows
from nbody_emulator.evaluation.seal import read_seen
from nbody_emulator.evaluation.test_set import evaluate
from nbody_emulator.files import write_text
from nbody_emulator.netcdf import read
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
sealed = read_table(snakemake.input.sealed, settings)
emulators = [Emulator.load(path) for path in snakemake.input.emulators]
predictions = [
    predict_rows([], emulator, sealed, {"family": emulator.facts.family}) for emulator in emulators
]
paths_and_emulators = zip(snakemake.input.emulators, emulators, strict=True)
seen = {path: emulator.facts.seen for path, emulator in paths_and_emulators}
seen |= read_seen(snakemake.input.witnesses)

evaluation, scores = evaluate(
    predictions, [read(path) for path in snakemake.input.predictions], settings, seen
)
write_text(snakemake.output.evaluation, json.dumps(evaluation, indent=1, sort_keys=True) + "\n")
write_text(snakemake.output.scores, scores.to_csv(index=False))
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1])
