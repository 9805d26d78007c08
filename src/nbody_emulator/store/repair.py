"""`make check`: find damaged results by their receipts, and clear the way for the next run to make them again."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from nbody_emulator.storage.files import file_sha256
from nbody_emulator.store.export import stamps
from nbody_emulator.store.stored_results import StoredResult, stale, stored_results

RESULTS = Path("results")
ASIDE = RESULTS / "damaged"

Say = Callable[[str], None]


def check(root: Path, say: Say) -> int:
    """Compare every file of the store and of the exports with its checksum; 0 if all agree, else 1.

    A damaged result is named and set aside; the next run makes it again. No result was made from the damage: jobs
    compare what they read with its receipt. What was made from other bytes than are there now is set aside too.
    """
    results = stored_results(root)
    if _repair(root, _damaged(results) | stale(results), say):
        return 1
    say(f"{len(results)} results are as they were written")
    return 0


def check_read(root: Path, files: Iterable[str], say: Say) -> None:
    """The same for the results that `files` belong to, which a failed job read; nothing is said if all is well."""
    folders = {(root / file).parent for file in files}
    damaged = _damaged(result for result in stored_results(root) if result.folder in folders)
    if damaged:
        _repair(root, damaged, say)


def check_remade(root: Path, say: Say) -> None:
    """Set aside what was made from other bytes than are there now: of a result that was made anew, and came out
    otherwise than before it was damaged or lost. By receipts alone; nothing is said if all is well."""
    outdated = stale(stored_results(root))
    if outdated:
        _repair(root, outdated, say)


def set_aside(root: Path) -> set[str]:
    """Identities of all results that were set aside."""
    return {path.name.partition("-")[0] for path in (root / ASIDE).glob("*/*")}


def _damaged(results: Iterable[StoredResult]) -> dict[StoredResult, str]:
    """Those that are not what was written, and what is wrong with each."""
    return {result: problem for result in results if (problem := result.problem)}


def _repair(root: Path, damaged: Mapping[StoredResult, str], say: Say) -> bool:
    """Name and set aside what is not as it should be, and the exports that show it; whether there was anything."""
    for result, problem in damaged.items():
        say(f"{result.folder.relative_to(root)}: {problem}")
    doubtful = {result.identity for result in damaged}
    doubted = [stamp for stamp in stamps(root) if _is_doubtful(stamp, doubtful, root, say)]
    _set_aside(root, damaged, doubted)
    if damaged or doubted:
        say(f"{len(damaged)} results set aside in {ASIDE}; the next run makes them")
    return bool(damaged or doubted)


def _is_doubtful(stamp: Path, doubtful: Iterable[str], root: Path, say: Say) -> bool:
    """Whether an exported file is not what its stamp says, or shows a doubtful result."""
    entries = _entries(stamp)
    if entries is None:
        say(f"{stamp.relative_to(root)}: damaged, so its files are exported again")
        return True
    changed = [name for name, entry in entries.items() if not _holds(stamp.parent / name, entry["sha256"])]
    for name in changed:
        say(f"{(stamp.parent / name).relative_to(root)}: not the file that was exported")
    return bool(changed) or any(entry["identity"] in doubtful for entry in entries.values())


def _entries(stamp: Path) -> dict[str, dict[str, Any]] | None:
    """Plain name -> {identity, sha256}; None if the stamp does not say so."""
    try:
        entries = json.loads(stamp.read_text())
    except (OSError, ValueError, RecursionError):
        return None
    is_whole = isinstance(entries, dict) and all(
        isinstance(entry, dict) and {"identity", "sha256"} <= entry.keys() for entry in entries.values()
    )
    return entries if is_whole else None


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and file_sha256(path) == sha256


def _set_aside(root: Path, results: Iterable[StoredResult], doubted: Iterable[Path]) -> None:
    for result in results:
        target = root / ASIDE / result.stage / result.identity
        target.parent.mkdir(parents=True, exist_ok=True)
        _make_room(target)
        result.folder.rename(target)
    for stamp in doubted:
        stamp.unlink()


def _make_room(target: Path) -> None:
    """Number an older folder of this name, for nothing that was set aside is lost."""
    if target.exists():
        numbered = (target.with_name(f"{target.name}-{number}") for number in count(1))
        target.rename(next(path for path in numbered if not path.exists()))
