import json
import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

import pandas as pd

from nbody_emulator.digits import json_text
from nbody_emulator.evaluation.metrics import collect
from nbody_emulator.files import write_text
from nbody_emulator.receipt import write_receipt

specification = snakemake.params.specification
settings = json.loads(specification)["settings"]
tables = {
    name: pd.read_csv(path) for name, path in zip(settings["tables"], snakemake.input.tables, strict=True)
}

metrics = collect(tables, settings)
write_text(snakemake.output[0], json_text(metrics))
write_receipt(snakemake.output.receipt, specification, snakemake.output[:-1], snakemake.input)
