"""Numbers that a job leaves beside its log: of the machine and the day, and so in no result."""

import json
from collections.abc import Mapping
from pathlib import Path

from nbody_emulator.storage.files import write_text

SECONDS, ANSWERING = "seconds", "answering"
"""Where the job's time went, and what an answer of the emulator that it made takes."""


def note(log: str | Path, name: str, numbers: Mapping[str, float]) -> None:
    """Leave them under this name beside the job's log."""
    write_text(_path(log, name), json.dumps(dict(numbers)) + "\n")


def noted(log: str | Path, name: str) -> dict[str, float]:
    """What the job left under this name beside its log, or its table of Snakemake's; empty where it left nothing."""
    path = _path(log, name)
    return json.loads(path.read_text()) if path.exists() else {}


def _path(log: str | Path, name: str) -> Path:
    return Path(log).with_suffix(f".{name}.json")
