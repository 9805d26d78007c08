"""Whether exported files are still what was exported: a report of others would say what no run did."""

import json
from pathlib import Path

from nbody_emulator.storage.files import file_sha256


class NotAsExportedError(Exception):
    """An exported file is gone or is another; the message is one line with the remedy."""


def require_as_exported(stamp: Path, command: str) -> None:
    """Compare every file of an export with what its stamp says.

    Args:
        stamp: the export's, in its folder.
        command: what exports anew once the stamp is gone.

    Raises:
        NotAsExportedError: the stamp is damaged, or a file is missing or has other bytes.
    """
    remedy = f"delete {stamp}, then `{command}` writes it anew from the store"
    try:
        named = {name: entry["sha256"] for name, entry in json.loads(stamp.read_bytes()).items()}
    except (ValueError, TypeError, AttributeError, KeyError):
        raise NotAsExportedError(f"{stamp}: damaged; {remedy}") from None
    for name, recorded in named.items():
        path = stamp.parent / name
        if not path.is_file():
            raise NotAsExportedError(f"{path}: missing; {remedy}")
        if file_sha256(path) != recorded:
            raise NotAsExportedError(f"{path}: not the bytes that were exported; {remedy}")
