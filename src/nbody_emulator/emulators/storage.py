"""Emulator files: one line of JSON that explains it, then its arrays by name, as NumPy writes them. Never pickle."""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.files import write_bytes

FORMAT = 6
REMEDY = "name a file that Emulator.save wrote, such as results/laptop/emulators/network.eqx"


def write(path: str | Path, header: dict, tree: Any) -> None:
    """Write `header` and the arrays of `tree`, each under its path in it, atomically; same content, same bytes."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **{name: np.asarray(leaf) for name, leaf in _named(tree)})
    arrays = content.getvalue()
    write_bytes(path, _first_line(header, arrays) + arrays)


def read(path: str | Path) -> tuple[dict, dict[str, np.ndarray]]:
    """The header of the emulator at `path` and its arrays by name, to the last bit those that were written.

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
    try:
        with np.load(io.BytesIO(arrays), allow_pickle=False) as stored:
            return header, dict(stored)
    except Exception as error:  # whatever NumPy makes of bytes that no emulator wrote
        raise damaged(path, f"its arrays: {error}") from None


def filled(path: str | Path, like: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """The tree `like` with every leaf replaced by the array of its name.

    Raises:
        ValueError: the arrays are not those of such a tree.
    """
    names, structure = [name for name, _ in _named(like)], jax.tree.structure(like)
    if set(names) != set(arrays):
        wrong = sorted(set(names) ^ set(arrays))
        raise damaged(path, f"{wrong[0]} is {'missing' if wrong[0] in names else 'none of its arrays'}")
    return jax.tree.unflatten(structure, [jnp.asarray(arrays[name]) for name in names])


def damaged(path: str | Path, cause: object) -> ValueError:
    """The complaint, in one line, about a file that begins like an emulator and is none."""
    told = " ".join(str(cause).split()) or "it ends too early"
    return ValueError(f"{path} is truncated or damaged ({told}); copy it again, or make it again")


def _named(tree: Any) -> list[tuple[str, Any]]:
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return [(jax.tree_util.keystr(path, simple=True, separator="."), leaf) for path, leaf in leaves]


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
