"""`nbody-emulator info`: what a file is of."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from nbody_emulator.cli import about, models
from nbody_emulator.cli.telling import AsJson, Telling

DESCRIBED: Mapping[str, Callable[[Path], dict[str, Any]]] = {".nc": about.netcdf, ".json": about.json_file}
"""Ending of a file -> the facts about it; any other is taken for an emulator."""


def info(
    file: Annotated[
        str, Parameter(help="An emulator (.eqx, or a name), a result (.nc), a receipt or metrics (.json).")
    ] = models.DEFAULT_MODEL,
    *,
    json: AsJson = False,
) -> int:
    """Say what a model or a result is of: its physics, parameters and outputs, and what made it."""
    path = Path(file)
    facts = DESCRIBED[path.suffix](path) if path.suffix in DESCRIBED else about.emulator(file)
    telling = Telling(json)
    for line in about.lines_of(facts):
        telling.say(line)
    return telling.end(file=file, **facts)
