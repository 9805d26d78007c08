"""Run at the end of every job of the recorded run: notes what the job really imported."""

import json
import sys
import uuid
from pathlib import Path

TAKE_LONG = {"equinox", "jax", "matplotlib", "netCDF4", "pandas", "seaborn", "sklearn", "xarray"}
"""Packages that either every job of a script needs or none."""
STARTING_JOBS = (["plan"], ["running"])
OF_SCRIPTS = (["stage_job"], ["progress"])


def note_imports(job: dict, folder: Path) -> None:
    """Leave a note in `folder`; `job` is what the module job.py knows."""
    snakemake = job["snakemake"]
    if not hasattr(snakemake.params, "specification"):
        return
    specification = json.loads(snakemake.params.specification)
    # Of these rooms the program that starts jobs is made; the house forbids them to all code of stages but scripts.
    parts = ((name, name.split(".")) for name in sys.modules)
    ours = sorted(
        name
        for name, (top, *room) in parts
        if top == "nbody_emulator" and (room[:1] not in STARTING_JOBS or room[1:] in OF_SCRIPTS)
    )
    note = {
        "stage": specification["stage"],
        "imported": ours,
        "declared": sorted(specification["code"]),
        "took_long": sorted(TAKE_LONG & sys.modules.keys()),
    }
    folder.mkdir(exist_ok=True)  # a copy of the copy has none
    (folder / f"{uuid.uuid4().hex}.json").write_text(json.dumps(note))
