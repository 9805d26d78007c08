"""Run at the end of every job of the recorded run: notes what the job really imported."""

import json
import sys
import uuid
from pathlib import Path

TAKE_LONG = {"equinox", "jax", "matplotlib", "netCDF4", "pandas", "seaborn", "sklearn", "xarray"}
"""Packages that either every job of a script needs or none."""


def note_imports(job: dict, folder: Path) -> None:
    """Leave a note in `folder`; `job` is what the module job.py knows."""
    snakemake = job["snakemake"]
    if not hasattr(snakemake.params, "specification"):
        return
    specification = json.loads(snakemake.params.specification)
    # The plan's room belongs to the program that starts jobs; the house forbids it to all code of stages.
    rooms = ((name, name.split(".")) for name in sys.modules)
    ours = sorted(
        name for name, (top, *room) in rooms if top == "nbody_emulator" and room[:1] != ["experiment"]
    )
    note = {
        "stage": specification["stage"],
        "imported": ours,
        "declared": sorted(specification["code"]),
        "took_long": sorted(TAKE_LONG & sys.modules.keys()),
    }
    folder.mkdir(exist_ok=True)  # a copy of the copy has none
    (folder / f"{uuid.uuid4().hex}.json").write_text(json.dumps(note))
