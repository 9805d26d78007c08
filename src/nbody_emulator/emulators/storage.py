"""Emulator files: one line of JSON, then the arrays as Equinox writes them. Never pickle."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import equinox as eqx

from nbody_emulator.files import write_bytes

FORMAT = 5
REMEDY = "name a file that Emulator.save wrote, such as results/laptop/emulators/network.eqx"


def write(path: str | Path, header: dict, leaves: Any) -> None:
    """Write `header` and the arrays of `leaves`, atomically; the same content gives the same bytes."""
    arrays = io.BytesIO()
    eqx.tree_serialise_leaves(arrays, leaves)
    write_bytes(path, _first_line(header, arrays.getvalue()) + arrays.getvalue())


def read(path: str | Path) -> tuple[dict, bytes]:
    """The header of the emulator at `path` and its arrays, to the last bit those that were written.

    Raises:
        ValueError: the file is not an emulator, its format is not the one of this version, or a bit of it changed.
    """
    content = Path(path).read_bytes()
    line, end, arrays = content.partition(b"\n")
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is not an emulator: its first line is not JSON; {REMEDY}") from None
    if not isinstance(header, dict) or "format" not in header:
        raise ValueError(f"{path} is not an emulator: its first line has no format; {REMEDY}")
    if header["format"] != FORMAT:
        raise ValueError(
            f"{path} is not an emulator of format {FORMAT} but of {header['format']!r}; "
            "make it again with this version of nbody-emulator"
        )
    header = {name: value for name, value in header.items() if name not in ("format", "checksum")}
    if not _is_first_line(line + end, header, arrays):
        raise damaged(path, "it does not fit its checksum")
    return header, arrays


def filled(path: str | Path, like: Any, arrays: bytes) -> Any:
    """`like` with its arrays replaced by those that `read` gave.

    Raises:
        ValueError: the arrays are not those the header announces, or there are more.
    """
    stream = io.BytesIO(arrays)
    try:
        leaves = eqx.tree_deserialise_leaves(stream, like)
    except (RuntimeError, ValueError, EOFError, OSError) as error:
        raise damaged(path, error) from None
    if stream.read(1):
        raise damaged(path, "it goes on after its last array")
    return leaves


def damaged(path: str | Path, cause: object) -> ValueError:
    """The complaint, in one line, about a file that begins like an emulator and is none."""
    told = " ".join(str(cause).split()) or "it ends too early"
    return ValueError(f"{path} is truncated or damaged ({told}); copy it again, or make it again")


def _first_line(header: dict, arrays: bytes) -> bytes:
    """The header as JSON, with a checksum of all the file holds beside it."""
    content = {"format": FORMAT, **header}
    checksum = hashlib.sha256(_json(content) + arrays).hexdigest()
    return _json({**content, "checksum": checksum})


def _is_first_line(line: bytes, header: dict, arrays: bytes) -> bool:
    try:
        return line == _first_line(header, arrays)
    except ValueError:  # a number that is none, which is never written
        return False


def _json(content: dict) -> bytes:
    return json.dumps(content, sort_keys=True, allow_nan=False).encode() + b"\n"
