"""The receipt beside every stored result: what was delivered, from what, and the volatile facts of its making.

Results are byte-reproducible; whatever changes from run to run (host, date) stands here and nowhere else. A job
writes its receipt last, so a result without one is unfinished.
"""

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbody_emulator.identity.pinned_environment import pinned_now
from nbody_emulator.storage.files import file_sha256, write_text
from nbody_emulator.storage.provenance import platform_name

RECEIPT = "receipt.json"


EXPERIMENT = "NBODY_EMULATOR_EXPERIMENT"
"""Variable that tells a job for which experiment it runs; results are shared, and know who asked first."""


class DamagedInputError(Exception):
    """A stored file that was read is not what its receipt says; the message is one line with the remedy."""


def write_receipt(
    path: str | Path, specification: str, files: Iterable[str | Path], read: Iterable[str | Path] = ()
) -> None:
    """Vouch for `files`, made from `specification` (canonical JSON) and lying beside `path`.

    Args:
        read: the files they were made from; their checksums are noted.

    Raises:
        DamagedInputError: one of them is not what was written when it was made.
    """
    receipt = {
        "specification": json.loads(specification),
        "sha256": {Path(file).name: file_sha256(Path(file)) for file in files},
        "read": {place(file): _whole(Path(file)) for file in read},
        "made": {
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "experiment": os.environ.get(EXPERIMENT, ""),
            "host": platform.node(),
            "platform": platform_name(),
            "python": platform.python_version(),
            "environment": pinned_now(),
        },
    }
    write_text(path, json.dumps(receipt, indent=1, sort_keys=True) + "\n")


def place(file: str | Path) -> str:
    """What a receipt calls a file of the store: `stage/identity/name`."""
    return "/".join(Path(file).parts[-3:])


def _whole(file: Path) -> str:
    """The checksum of a stored file, which must be the one of its receipt."""
    found, receipt = file_sha256(file), read_receipt(file.parent)
    if receipt and receipt["sha256"].get(file.name, found) != found:
        raise DamagedInputError(
            f"{file}: its bytes are not those that were written; `make check` sets it aside, the next run makes it anew"
        )
    return found


def read_receipt(folder: Path) -> dict[str, Any] | None:
    """The receipt of the result in `folder`; None if there is none, or none that can be read."""
    try:
        return json.loads((folder / RECEIPT).read_text())
    except (FileNotFoundError, ValueError):
        return None
