"""Emulator files: one line of JSON, then the arrays as Equinox writes them. Never pickle."""

import io
import json
from pathlib import Path
from typing import Any

import equinox as eqx

from nbody_emulator.files import write_bytes

FORMAT = 2
REMEDY = "name a file that Emulator.save wrote, such as results/laptop/emulators/network.eqx"


def write(path: str | Path, header: dict, leaves: Any) -> None:
    """Write `header` and the arrays of `leaves`, atomically; the same content gives the same bytes."""
    content = io.BytesIO()
    content.write(json.dumps({"format": FORMAT, **header}, sort_keys=True, allow_nan=False).encode() + b"\n")
    eqx.tree_serialise_leaves(content, leaves)
    write_bytes(path, content.getvalue())


def read_header(path: str | Path) -> dict:
    """The header of the emulator at `path`.

    Raises:
        ValueError: the file is not an emulator, or its format is not the one of this version.
    """
    with Path(path).open("rb") as file:
        line = file.readline()
    try:
        header = json.loads(line)
    except ValueError:
        raise ValueError(f"{path} is not an emulator: its first line is not JSON; {REMEDY}") from None
    if not isinstance(header, dict) or "format" not in header:
        raise ValueError(f"{path} is not an emulator: its first line has no format; {REMEDY}")
    if header["format"] != FORMAT:
        raise ValueError(
            f"{path} is not an emulator of format {FORMAT} but of {header['format']!r}; "
            "make it again with this version of nbody-emulator"
        )
    return header


def read_leaves(path: str | Path, like: Any) -> Any:
    """`like` with its arrays replaced by those stored at `path`.

    Raises:
        ValueError: the arrays are not those the header announces, or the file goes on after them.
    """
    with Path(path).open("rb") as file:
        file.readline()
        try:
            leaves = eqx.tree_deserialise_leaves(file, like)
        except (RuntimeError, ValueError, EOFError, OSError) as error:
            raise damaged(path, error) from None
        if file.read(1):
            raise damaged(path, "it goes on after its last array")
    return leaves


def damaged(path: str | Path, cause: object) -> ValueError:
    """The complaint, in one line, about a file that begins like an emulator and is none."""
    told = " ".join(str(cause).split()) or "it ends too early"
    return ValueError(f"{path} is truncated or damaged ({told}); copy it again, or make it again")
