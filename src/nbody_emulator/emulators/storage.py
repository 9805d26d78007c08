"""Emulator files: one line of JSON that explains it, then its arrays by name, as NumPy writes them. Never pickle."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

File = str | Path | zipfile.Path

FORMAT = 7
REMEDY = "name a file that Emulator.save wrote, such as results/laptop/emulators/network.eqx"


def content(header: dict, tree: Any, beside: Mapping[str, np.ndarray]) -> bytes:
    """The file of `header` and the arrays of `tree`, each under its path in it, and of those `beside` under theirs.

    Same content, same bytes.
    """
    written = io.BytesIO()
    named = {name: np.asarray(leaf) for name, leaf in _named(tree)} | dict(beside)
    np.savez(written, allow_pickle=False, **named)
    arrays = written.getvalue()
    return _first_line(header, arrays) + arrays


def read(path: File) -> tuple[dict, dict[str, np.ndarray]]:
    """The header of the emulator at `path` and its arrays by name, to the last bit those that were written.

    Raises:
        ValueError: the file is not an emulator, its format is not the one of this version, or a bit of it changed.
    """
    content = (Path(path) if isinstance(path, str) else path).read_bytes()
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


def static_of(module: eqx.Module) -> dict[str, Any]:
    """What the module and those inside it hold beside arrays, by name: words and numbers, as JSON has them."""
    return dict(_static(module, ""))


def built(
    kind: type[eqx.Module], prefix: str, arrays: Mapping[str, np.ndarray], static: Mapping[str, Any]
) -> eqx.Module:
    """A module of class `kind` from its arrays, whose names begin with `prefix`, and from what `static_of` said of it.

    Modules and tuples of modules inside it are those that its annotations name.

    Raises:
        KeyError: an array is missing.
    """
    return _built(kind, prefix, arrays, static, "")


def damaged(path: File, cause: object) -> ValueError:
    """The complaint, in one line, about a file that begins like an emulator and is none."""
    told = " ".join(str(cause).split()) or "it ends too early"
    return ValueError(f"{path} is truncated or damaged ({told}); copy it again, or make it again")


def _static(module: eqx.Module, path: str) -> Iterator[tuple[str, Any]]:
    for field in fields(module):
        name, value = f"{path}{field.name}", getattr(module, field.name)
        if field.metadata.get("static"):
            yield name, value
        for inner, part in enumerate(value) if isinstance(value, tuple) else [("", value)]:
            if isinstance(part, eqx.Module):
                yield from _static(part, ".".join(filter(None, (name, str(inner)))) + ".")


def _built(kind, prefix, arrays, static, path):
    annotations, parts = get_type_hints(kind), {}
    for field in fields(kind):
        name, hint = f"{path}{field.name}", annotations[field.name]
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        if field.metadata.get("static"):
            parts[field.name] = static[name]
        elif not (isinstance(inner, type) and issubclass(inner, eqx.Module)):
            parts[field.name] = jnp.asarray(arrays[prefix + name])
        elif inner is hint:
            parts[field.name] = _built(inner, prefix, arrays, static, f"{name}.")
        else:
            rest = [
                each.removeprefix(f"{prefix}{name}.")
                for each in arrays
                if each.startswith(f"{prefix}{name}.")
            ]
            count = 1 + max((int(each.split(".")[0]) for each in rest), default=-1)
            parts[field.name] = tuple(
                _built(inner, prefix, arrays, static, f"{name}.{place}.") for place in range(count)
            )
    return kind(**parts)


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
