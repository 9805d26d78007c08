"""Emulator files: one line of JSON, then the arrays as Equinox writes them. Never pickle."""

import io
import json
from pathlib import Path
from typing import Any

import equinox as eqx

from nbody_emulator.files import write_bytes

FORMAT = 1


def write(path: str | Path, header: dict, leaves: Any) -> None:
    """Write `header` and the arrays of `leaves`, atomically; the same content gives the same bytes."""
    content = io.BytesIO()
    content.write(json.dumps({"format": FORMAT, **header}, sort_keys=True, allow_nan=False).encode() + b"\n")
    eqx.tree_serialise_leaves(content, leaves)
    write_bytes(path, content.getvalue())


def read_header(path: str | Path) -> dict:
    """The header of the emulator at `path`.

    Raises:
        ValueError: the file is not an emulator, or its format is unknown.
    """
    with Path(path).open("rb") as file:
        line = file.readline()
    try:
        header = json.loads(line)
    except ValueError:
        raise ValueError(f"{path} is not an emulator: its first line is not JSON") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError(f"{path} is not an emulator of format {FORMAT}")
    return header


def read_leaves(path: str | Path, like: Any) -> Any:
    """`like` with its arrays replaced by those stored at `path`."""
    with Path(path).open("rb") as file:
        file.readline()
        return eqx.tree_deserialise_leaves(file, like)
