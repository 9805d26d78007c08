"""What lies in the store, whatever experiment it was made for, and whether it still is what it was."""

import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from nbody_emulator.identity.canonical import IDENTITY_DIGITS, identity
from nbody_emulator.plan.artifact import SEALED_STORE, STORE
from nbody_emulator.plan.stages import STAGES
from nbody_emulator.storage.files import file_sha256
from nbody_emulator.storage.receipt import RECEIPT, read_receipt

HALF_WRITTEN = ".*.tmp"
"""As files are called until they are whole."""

_IDENTITY = re.compile(f"[0-9a-f]{{{IDENTITY_DIGITS}}}")


@dataclass(frozen=True)
class StoredResult:
    """One folder of the store, `results/store/<stage>/<identity>`."""

    folder: Path

    @property
    def identity(self) -> str:
        return self.folder.name

    @property
    def stage(self) -> str:
        return self.folder.parent.name

    @cached_property
    def receipt(self) -> dict[str, Any] | None:
        """The receipt; None if there is none, or none that says what a receipt says."""
        try:
            receipt = read_receipt(self.folder)
        except (OSError, RecursionError):
            return None
        return receipt if _is_receipt(receipt) else None

    @property
    def sha256(self) -> dict[str, str]:
        """Checksum of each of its files, as they were written; empty without a receipt."""
        return self.receipt["sha256"] if self.receipt else {}

    @property
    def read(self) -> dict[str, str]:
        """Checksum of each file it was made from, by `stage/identity/name`; empty without a receipt."""
        return self.receipt.get("read", {}) if self.receipt else {}

    @property
    def made(self) -> str:
        """When and for which experiment, in words."""
        made = self.receipt.get("made", {}) if self.receipt else {}
        day, experiment = made.get("finished", "")[:10], made.get("experiment", "")
        return f"made {day or 'at an unknown time'}{f' for {experiment}' if experiment else ''}"

    @property
    def age_days(self) -> float:
        """Days since it was made, by its receipt; without one, since its folder was last written to."""
        finished = self.receipt.get("made", {}).get("finished") if self.receipt else None
        made = datetime.fromisoformat(finished).timestamp() if finished else self.folder.stat().st_mtime
        return (time.time() - made) / 86400.0

    @property
    def problem(self) -> str | None:
        """What is wrong with its files, in words; None if they are what the receipt says."""
        if not (self.folder / RECEIPT).exists():
            return "it has no receipt: the job that made it did not finish"
        if self.receipt is None:
            return "its receipt is damaged"
        if identity(self.receipt["specification"]) != self.identity:
            return f"it is another result, {identity(self.receipt['specification'])}, under this name"
        problems = (
            _problem(self.folder / name, sha256) for name, sha256 in sorted(self.receipt["sha256"].items())
        )
        return next(filter(None, problems), None)

    @property
    def bytes(self) -> int:
        """Size of all its files."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def stored_results(root: Path) -> tuple[StoredResult, ...]:
    """Every result in the stores of the repository at `root`, by folder."""
    shelves = (root / store / stage.name for store in (STORE, SEALED_STORE) for stage in STAGES)
    folders = (folder for shelf in shelves for folder in sorted(shelf.glob("*")))
    return tuple(StoredResult(folder) for folder in folders if _is_result(folder))


def clear_unfinished(root: Path) -> None:
    """Remove what killed jobs left: folders of the store without a receipt, which a job writes last, and half-written
    files beside those under plain names."""
    for result in stored_results(root):
        if not (result.folder / RECEIPT).exists():
            shutil.rmtree(result.folder)
    shelves = {
        root / STORE,
        root / SEALED_STORE,
    }  # too many files to look through; what counts is gone already
    for folder in set((root / "results").glob("*/")) - shelves:
        for path in folder.rglob(HALF_WRITTEN):
            path.unlink()


def stale(results: Iterable[StoredResult]) -> dict[StoredResult, str]:
    """Those that were made from other bytes than are there now under the same name, and what each was made from.

    What a result was made from may be gone; that says nothing against it.
    """
    results = tuple(results)
    present = {
        f"{result.stage}/{result.identity}/{name}": sha256
        for result in results
        for name, sha256 in result.sha256.items()
    }
    found = {}
    for result in results:
        others = [file for file, sha256 in result.read.items() if present.get(file, sha256) != sha256]
        if others:
            found[result] = f"it was made from another {others[0]} than is there now"
    return found


def _is_result(folder: Path) -> bool:
    # What somebody else put there is none of ours.
    return bool(_IDENTITY.fullmatch(folder.name)) and folder.is_dir() and not folder.is_symlink()


def _is_receipt(receipt: Any) -> bool:
    match receipt:
        case {"specification": dict(), "sha256": dict(sums)}:
            read = receipt.get("read", {})  # what older versions of this program wrote has none
            if not (sums and isinstance(read, dict)):
                return False
            return all(isinstance(value, str) for value in (*sums.values(), *read.values()))
    return False


def _problem(path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return f"{path.name} is missing"
    if file_sha256(path) != sha256:
        return f"{path.name} is damaged: its bytes are not those that were written"
    return None
