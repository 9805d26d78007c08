import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.digits import csv_text, json_text
from nbody_emulator.emulators.rows import predict_sealed
from nbody_emulator.evaluation.test_set import evaluate_files
from nbody_emulator.files import write_text
from nbody_emulator.receipt import write_receipt
from nbody_emulator.tables import read_table

specification, files = snakemake.params.specification, snakemake.input
settings = json.loads(specification)["settings"]

sealed = predict_sealed(files.emulators, read_table(files.sealed, settings), settings["levels"])
evaluation, scores = evaluate_files(*sealed, files.predictions[0], files.witnesses, settings)
write_text(snakemake.output.evaluation, json_text(evaluation))
write_text(snakemake.output.scores, csv_text(scores))
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
