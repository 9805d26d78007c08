"""What lies in the store, whatever experiment it was made for, and whether it still is what it was."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbody_emulator.experiment.artifact import SEALED_STORE, STORE
from nbody_emulator.files import file_sha256
from nbody_emulator.receipt import RECEIPT, read_receipt


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
        return read_receipt(self.folder)

    @property
    def inputs(self) -> frozenset[str]:
        """Identities of everything it was made from."""
        inputs = self.receipt["specification"]["inputs"] if self.receipt else {}
        return frozenset(identity for identities in inputs.values() for identity in identities)

    @property
    def problem(self) -> str | None:
        """What is wrong with its files, in words; None if they are what the receipt says."""
        if self.receipt is None:
            return "it has no receipt: the job that made it did not finish"
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
    folders = (folder for store in (STORE, SEALED_STORE) for folder in sorted((root / store).glob("*/*")))
    return tuple(StoredResult(folder) for folder in folders if folder.is_dir())


def clear_unfinished(root: Path) -> None:
    """Remove what killed jobs left: folders of the store without a receipt, which a job writes last."""
    for result in stored_results(root):
        if not (result.folder / RECEIPT).exists():
            shutil.rmtree(result.folder)


def descendants(results: Iterable[StoredResult], identities: Iterable[str]) -> Iterator[StoredResult]:
    """Those of `results` that were made from the results named `identities`, at any remove."""
    reached = set(identities)
    waiting = [result for result in results if result.identity not in reached]
    while found := [result for result in waiting if result.inputs & reached]:
        yield from found
        reached |= {result.identity for result in found}
        waiting = [result for result in waiting if result.identity not in reached]


def _problem(path: Path, sha256: str) -> str | None:
    if not path.exists():
        return f"{path.name} is missing"
    if file_sha256(path) != sha256:
        return f"{path.name} is damaged: its bytes are not those that were written"
    return None
