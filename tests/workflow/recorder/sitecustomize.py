"""Found by every Python process of the recorded run: notes, at exit, which of our modules a job really imported."""

import atexit
import json
import os
import sys
import uuid
from pathlib import Path


def note_imports():
    snakemake = getattr(sys.modules["__main__"], "snakemake", None)
    if snakemake is None or not hasattr(snakemake.params, "specification"):
        return
    specification = json.loads(snakemake.params.specification)
    ours = sorted(name for name in sys.modules if name.split(".")[0] == "nbody_emulator")
    note = {"stage": specification["stage"], "imported": ours, "declared": sorted(specification["code"])}
    Path(os.environ["RECORDED_IMPORTS"], f"{uuid.uuid4().hex}.json").write_text(json.dumps(note))


if "RECORDED_IMPORTS" in os.environ:
    atexit.register(note_imports)
