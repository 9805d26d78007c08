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
    # The plan's room belongs to the program that starts jobs; the house forbids it to all code of stages.
    rooms = ((name, name.split(".")) for name in sys.modules)
    ours = sorted(
        name for name, (top, *room) in rooms if top == "nbody_emulator" and room[:1] != ["experiment"]
    )
    note = {"stage": specification["stage"], "imported": ours, "declared": sorted(specification["code"])}
    Path(os.environ["RECORDED_IMPORTS"], f"{uuid.uuid4().hex}.json").write_text(json.dumps(note))


if "RECORDED_IMPORTS" in os.environ:
    atexit.register(note_imports)
