"""The receipt beside every stored result: what was delivered, from what, and the volatile facts of its making.

Results are byte-reproducible; whatever changes from run to run (host, date) stands here and nowhere else. A job
writes its receipt last, so a result without one is unfinished.
"""

import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbody_emulator.files import file_sha256, write_text
from nbody_emulator.provenance import platform_name

RECEIPT = "receipt.json"


def write_receipt(path: str | Path, specification: str, files: Iterable[str | Path]) -> None:
    """Vouch for `files`, made from `specification` (canonical JSON) and lying beside `path`."""
    receipt = {
        "specification": json.loads(specification),
        "sha256": {Path(file).name: file_sha256(Path(file)) for file in files},
        "made": {
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": platform.node(),
            "platform": platform_name(),
            "python": platform.python_version(),
        },
    }
    write_text(path, json.dumps(receipt, indent=1, sort_keys=True) + "\n")


def read_receipt(folder: Path) -> dict[str, Any] | None:
    """The receipt of the result in `folder`; None if there is none, or none that can be read."""
    try:
        return json.loads((folder / RECEIPT).read_text())
    except (FileNotFoundError, ValueError):
        return None
